package dev.cairn.wrapper.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.remote.WarmLimits;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class WarmUpsTest {
    private final JsonMapper json = JsonMapper.builder().build();

    private WarmLimits limits(String question) {
        return WarmUps.limits(json.readTree(question));
    }

    @Test
    void aSizeOfZeroIsNoLimitAndNoneTheDefault() {
        assertThat(limits("{}")).isEqualTo(WarmLimits.DEFAULT);
        assertThat(limits("{\"bytes\": 500}").bytes()).isEqualTo(500);
        assertThat(limits("{\"bytes\": 0}").bytes()).isEqualTo(Long.MAX_VALUE);
    }
}
