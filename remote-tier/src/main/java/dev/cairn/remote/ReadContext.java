package dev.cairn.remote;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/** What all kinds of questions share. Immutable. */
record ReadContext(
        StoreConnection connection,
        RemoteCounters counters,
        BuildBudgets budgets,
        RemoteTuning tuning,
        ExecutorService executor,
        Semaphore requests) {}
