package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The clock that the kernel stamps files with: {@code CLOCK_REALTIME_COARSE}. A file changed after a reading carries a
 * stamp that is not smaller than the reading; the precise clock runs ahead of it by up to a tick. Thread-safe.
 */
public final class CoarseClock {
    private static final int CLOCK_REALTIME_COARSE = 5;
    private static final MethodHandle CLOCK_GETTIME = handle();
    private static final ThreadLocal<MemorySegment> RESULT =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(16, 8));

    private CoarseClock() {}

    private static MethodHandle handle() {
        Linker linker = Linker.nativeLinker();
        MemorySegment symbol = linker.defaultLookup()
                .find("clock_gettime")
                .orElseThrow(() -> new IllegalStateException("the C library has no clock_gettime"));
        return linker.downcallHandle(
                symbol, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    /** Returns nanoseconds since 1970. */
    public static long now() {
        MemorySegment result = RESULT.get();
        try {
            if ((int) CLOCK_GETTIME.invokeExact(CLOCK_REALTIME_COARSE, result) != 0) {
                throw new IllegalStateException("the kernel has no coarse clock");
            }
        } catch (IllegalStateException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime could not be called", e);
        }
        return result.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + result.get(ValueLayout.JAVA_LONG, 8);
    }
}
