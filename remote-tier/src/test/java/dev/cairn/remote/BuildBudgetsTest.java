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

    @Test
    void whatWasWaitedForALateAndUselessAnswerCountsAsAWhole() {
        BuildBudgets budgets = new BuildBudgets(Duration.ofSeconds(3), Duration.ofMinutes(1));
        long now = System.nanoTime();
        Deadline waited = new Deadline(Long.MAX_VALUE, Long.MAX_VALUE);
        budgets.chargeUseless("one", waited, now, now + Duration.ofMillis(400).toNanos());
        assertThat(budgets.within(Duration.ofSeconds(9), "one")).isEqualTo(Duration.ofMillis(2600));
        Deadline beside =
                new Deadline(Long.MAX_VALUE, now + Duration.ofMillis(100).toNanos());
        budgets.chargeUseless("one", beside, now, now + Duration.ofMillis(400).toNanos());
        assertThat(budgets.within(Duration.ofSeconds(9), "one")).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void whatAnAnswerUsuallyTakesDoesNotCount() {
        BuildBudgets budgets = new BuildBudgets(Duration.ofSeconds(3), Duration.ofMinutes(1));
        Deadline waited = new Deadline(Long.MAX_VALUE, Long.MAX_VALUE);
        budgets.chargeUseless("one", waited, 0, Duration.ofMillis(100).toNanos());
        assertThat(budgets.within(Duration.ofSeconds(9), "one")).isEqualTo(Duration.ofSeconds(3));
        assertThat(budgets.within(Duration.ofSeconds(1), "one")).isEqualTo(Duration.ofSeconds(1));
    }
}
