package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    @Test
    void aBuildWaitsForAllOfATimeThatIsItsOwn() {
        Deadline deadline = Deadline.in(Duration.ofHours(1));
        assertThat(deadline.waitedNanos()).isBetween(HOUR / 2, HOUR);
    }

    @Test
    void aBuildWaitsForNothingThatGoesOnBesideIt() {
        Deadline deadline = Deadline.in(Duration.ofHours(2), Duration.ZERO);
        assertThat(deadline.waitedNanos()).isZero();
        assertThat(deadline.remainingNanos()).isGreaterThan(HOUR);
    }

    @Test
    void aBuildNeverWaitsLongerThanTheQuestionTakes() {
        assertThat(Deadline.in(Duration.ofHours(1), Duration.ofHours(2)).waitedNanos())
                .isLessThanOrEqualTo(HOUR);
        assertThat(Deadline.in(Duration.ZERO, Duration.ofHours(2)).waitedNanos())
                .isZero();
    }
}
