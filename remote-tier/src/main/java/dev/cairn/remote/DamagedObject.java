package dev.cairn.remote;

import java.io.IOException;

/** That an object is not what its key promises; nothing of it may be used. */
final class DamagedObject extends IOException {
    private static final long serialVersionUID = 1;

    DamagedObject(String message) {
        super(message);
    }
}
