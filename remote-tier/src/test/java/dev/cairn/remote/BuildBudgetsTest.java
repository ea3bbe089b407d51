package dev.cairn.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BuildBudgetsTest {
    @Test
    void eachBuildHasABudgetOfItsOwn() {
        BuildBudgets budgets = new BuildBudgets(Duration.ofSeconds(3), Duration.ofMinutes(1));
        budgets.charge("one", Duration.ofSeconds(2).toNanos());
        assertThat(budgets.remaining("one")).isEqualTo(Duration.ofSeconds(1).toNanos());
        budgets.charge("one", Duration.ofSeconds(2).toNanos());
        assertThat(budgets.remaining("one")).isZero();
        assertThat(budgets.remaining("two")).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void afterAPauseItIsAnotherBuild() {
        BuildBudgets budgets = new BuildBudgets(Duration.ofSeconds(3), Duration.ofMillis(20));
        budgets.charge("one", Duration.ofSeconds(3).toNanos());
        await().pollInterval(Duration.ofMillis(60)).until(() -> budgets.remaining("one") > 0);
    }
}
