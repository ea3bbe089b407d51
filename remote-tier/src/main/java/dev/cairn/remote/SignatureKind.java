package dev.cairn.remote;

/** How something is signed. The codes are part of the format. */
enum SignatureKind {
    NONE(0, 0),
    HMAC_SHA256(1, 32),
    ED25519(2, 64);

    /** Room for any signature. */
    static final int LONGEST = 64;

    private final int code;
    private final int length;

    SignatureKind(int code, int length) {
        this.code = code;
        this.length = length;
    }

    int code() {
        return code;
    }

    int length() {
        return length;
    }

    static SignatureKind of(int code) throws DamagedObject {
        for (SignatureKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        throw new DamagedObject("unknown kind of signature");
    }
}
