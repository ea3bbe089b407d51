package dev.cairn.remote;

import java.io.IOException;

/** That an object is whole, but not signed by anyone who is trusted here. */
final class UntrustedObject extends IOException {
    private static final long serialVersionUID = 1;

    UntrustedObject(String message) {
        super(message);
    }
}
