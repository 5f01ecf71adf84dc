/** AEAD_AES_SIV_CMAC_256 (RFC 5297, RFC 5116's registry): what every NTS client and server must know (RFC 8915, section 5.1). */
export const AEAD_AES_SIV_CMAC_256 = 15;
/** Two keys of AES-128, one for the synthetic initialization vector and one for the counter. */
export const KEY_BYTES = 32;
/** The synthetic initialization vector, in front of the ciphertext. */
export const TAG_BYTES = 16;

/** Authenticated encryption with any number of associated strings. Deterministic: the nonce is the last of those. */
export interface Aead {
  seal(key: Uint8Array, associated: readonly Uint8Array[], plaintext: Uint8Array): Uint8Array;
  /** What was sealed; null = not with this key, or not over this. */
  open(key: Uint8Array, associated: readonly Uint8Array[], sealed: Uint8Array): Uint8Array | null;
}
