package dev.cairn.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** This module's own library in C, {@code src/main/c}, where the process can find it. Everything works without it, slower. */
final class SmallLibrary {
    private static final String NAME = System.getProperty("cairn.appearances", "libcairn-appearances.so");
    private static final Optional<SymbolLookup> LIBRARY = open();

    private SmallLibrary() {}

    private static Optional<SymbolLookup> open() {
        try {
            return Optional.of(SymbolLookup.libraryLookup(NAME, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns one of its functions. */
    static Optional<MethodHandle> function(String name, FunctionDescriptor descriptor) {
        return LIBRARY.flatMap(library -> library.find(name))
                .map(symbol -> Linker.nativeLinker().downcallHandle(symbol, descriptor));
    }
}
