package dev.cairn.remote;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** Why an object store did not do what it was asked. */
public enum Failure {
    /** Its name does not resolve, nobody listens, or the connection broke. */
    UNREACHABLE,
    /** No secure connection: certificate, host name or protocol. */
    TLS,
    /** It did not answer in time. */
    TIMEOUT,
    /** It does not accept the credentials, or they do not suffice (401, 403). */
    DENIED,
    /** The bucket or directory does not exist. */
    NO_BUCKET,
    /** It asks to be left alone for a while (429, 503). */
    THROTTLED,
    /** It failed itself (other 5xx). */
    SERVER,
    /** It cannot do this at all (405, 501). */
    UNSUPPORTED,
    /** It refused this request, or answered what makes no sense. */
    REFUSED,
    /** What it returned is not what was stored. */
    DAMAGED,
    /** The configuration cannot work. */
    MISCONFIGURED;

    /** Whether the same request may succeed later without anybody changing anything. */
    public boolean isTransient() {
        return switch (this) {
            case UNREACHABLE, TIMEOUT, THROTTLED, SERVER -> true;
            case TLS, DENIED, NO_BUCKET, UNSUPPORTED, REFUSED, DAMAGED, MISCONFIGURED -> false;
        };
    }

    /** Whether it concerns the store as a whole, not the one object. */
    public boolean isOfTheStore() {
        return switch (this) {
            case UNREACHABLE, TIMEOUT, THROTTLED, SERVER, TLS, DENIED, NO_BUCKET, MISCONFIGURED -> true;
            case UNSUPPORTED, REFUSED, DAMAGED -> false;
        };
    }

    /** Returns what a status code of HTTP means that is neither a success nor an answer about an object. */
    static Failure ofStatus(int status) {
        return switch (status) {
            case 401, 403, 407 -> DENIED;
            case 405, 501 -> UNSUPPORTED;
            case 408 -> TIMEOUT;
            case 429, 503 -> THROTTLED;
            default -> status >= 500 ? SERVER : REFUSED;
        };
    }

    /** Returns what an exception of a connection means. */
    static Failure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case StoreException known -> {
                    return known.failure();
                }
                case SSLException tls -> {
                    return TLS;
                }
                case SocketTimeoutException slow -> {
                    return TIMEOUT;
                }
                case InterruptedIOException slow -> {
                    return TIMEOUT;
                }
                case UnknownHostException nobody -> {
                    return UNREACHABLE;
                }
                case ConnectException nobody -> {
                    return UNREACHABLE;
                }
                case NoRouteToHostException nobody -> {
                    return UNREACHABLE;
                }
                default -> {}
            }
        }
        return failure instanceof IOException ? UNREACHABLE : REFUSED;
    }
}
