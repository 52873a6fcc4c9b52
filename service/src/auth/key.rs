//! The text of an API key: `sk_live_` and 64 characters that name the organisation and prove themselves.
//!
//! The characters are base32 of 40 bytes: organisation (8), key (8), secret (16), and a MAC (8) over those,
//! made with the server's secret. So the front door finds the tenant without a look-up and turns made-up keys
//! away without waking one; the tenant then checks the secret against its hash.

use super::mac::{MAC_BYTES, Signed};
use crate::context::Settings;
use crate::organization::OrganizationId;
use base32ct::{Base32Unpadded, Encoding};
use sha2::{Digest, Sha256};

const ID_BYTES: usize = 8;
const SECRET_BYTES: usize = 16;
const SIGNED_BYTES: usize = 2 * ID_BYTES + SECRET_BYTES;
const ENCODED_CHARS: usize = 64;

/// The parts of a key whose MAC holds.
pub(crate) struct KeyParts {
    pub(crate) organization: OrganizationId,
    /// `key_…`
    pub(crate) key_id: String,
    /// Hex of the SHA-256 of the secret.
    pub(crate) secret_sha256: String,
}

/// A new key for `organization` out of 24 random bytes: its text and its parts.
pub(crate) fn make_key(
    settings: &Settings,
    prefix: &str,
    organization: &OrganizationId,
    entropy: &[u8; 24],
) -> Option<(String, KeyParts)> {
    let mut signed = Vec::with_capacity(SIGNED_BYTES + MAC_BYTES);
    signed.extend_from_slice(&organization.bytes());
    signed.extend_from_slice(entropy);
    let parts = parts_of(&signed)?;
    let mac = of(&signed).mac(settings)?;
    signed.extend_from_slice(&mac);
    Some((format!("{prefix}{}", encode(&signed)), parts))
}

/// The bytes of a key, if its prefix is accepted.
fn bytes_of(settings: &Settings, text: &str) -> Option<Vec<u8>> {
    let prefix = settings
        .key_prefixes()
        .iter()
        .find(|prefix| text.starts_with(prefix.as_str()))?;
    let encoded = text.get(prefix.len()..)?;
    if encoded.len() != ENCODED_CHARS {
        return None;
    }
    decode(encoded)
}

/// The organisation that a key names, proved or not.
pub(crate) fn claimed(settings: &Settings, text: &str) -> Option<OrganizationId> {
    let bytes = bytes_of(settings, text)?;
    bytes.first_chunk().copied().map(OrganizationId::from_bytes)
}

/// Takes a key apart, if its prefix is accepted and its MAC is one of the server's.
pub(crate) fn read_key(settings: &Settings, text: &str) -> Option<KeyParts> {
    let bytes = bytes_of(settings, text)?;
    let (signed, mac) = bytes.split_at_checked(SIGNED_BYTES)?;
    of(signed)
        .is_by(settings, mac)
        .then(|| parts_of(signed))
        .flatten()
}

fn parts_of(signed: &[u8]) -> Option<KeyParts> {
    let (organization, rest) = signed.split_first_chunk::<ID_BYTES>()?;
    let (key, secret) = rest.split_first_chunk::<ID_BYTES>()?;
    Some(KeyParts {
        organization: OrganizationId::from_bytes(*organization),
        key_id: format!("key_{}", encode(key)),
        secret_sha256: base16ct::lower::encode_string(&Sha256::digest(secret)),
    })
}

fn of(signed: &[u8]) -> Signed<'_> {
    Signed {
        purpose: b"bearlumen.key.v1\0",
        parts: [signed, b"", b""],
    }
}

/// Base32 as keys and ids are written: in lower case, easy to select with a double click and to read aloud.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base32Unpadded::encode_string(bytes)
}

/// The bytes of a base32 text in any case; of two texts for the same bytes only one is read.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.to_ascii_lowercase();
    let bytes = Base32Unpadded::decode_vec(&text).ok()?;
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(secrets: &[&str]) -> Settings {
        let secrets = secrets.iter().map(|s| s.repeat(32).into_bytes()).collect();
        Settings::new(secrets, None, vec!["bl_live_".to_owned()]).unwrap()
    }

    fn key(settings: &Settings) -> (String, KeyParts) {
        make_key(
            settings,
            "sk_test_",
            &OrganizationId::from_bytes([7; 8]),
            &[9; 24],
        )
        .unwrap()
    }

    #[test]
    fn a_key_names_its_organisation_and_proves_itself() {
        let settings = settings(&["a"]);
        let (text, made) = key(&settings);
        assert_eq!(text.len(), "sk_test_".len() + ENCODED_CHARS);
        let read = read_key(&settings, &text).unwrap();
        assert_eq!(read.organization, OrganizationId::from_bytes([7; 8]));
        assert_eq!(
            (read.key_id, read.secret_sha256),
            (made.key_id, made.secret_sha256)
        );
    }

    #[test]
    fn one_changed_character_is_no_key() {
        let settings = settings(&["a"]);
        let (text, _) = key(&settings);
        for position in "sk_test_".len()..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[position] = if forged[position] == b'a' { b'b' } else { b'a' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(read_key(&settings, &forged).is_none(), "{forged}");
        }
        for wrong in [
            "",
            "sk_test_",
            "sk_live",
            "other_aaaa",
            &text[..text.len() - 1],
            &format!("{text}a"),
            "sk_test_é",
        ] {
            assert!(read_key(&settings, wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn the_server_secret_rotates() {
        let (old, _) = key(&settings(&["a"]));
        assert!(read_key(&settings(&["b", "a"]), &old).is_some());
        assert!(read_key(&settings(&["b"]), &old).is_none());
        let (new, _) = key(&settings(&["b", "a"]));
        assert!(
            read_key(&settings(&["b"]), &new).is_some(),
            "the first secret signs"
        );
    }

    #[test]
    fn a_configured_prefix_passes() {
        let settings = settings(&["a"]);
        let (text, _) = key(&settings);
        assert!(read_key(&settings, &text.replace("sk_test_", "bl_live_")).is_some());
        assert!(read_key(&settings, &text.replace("sk_test_", "zz_live_")).is_none());
    }

    #[test]
    fn a_text_reads_back_in_any_case_and_no_second_text_means_the_same() {
        for length in [1, 8, 10, 40] {
            let bytes = vec![0xa5; length];
            let text = encode(&bytes);
            assert_eq!(decode(&text), Some(bytes.clone()));
            assert_eq!(decode(&text.to_ascii_uppercase()), Some(bytes));
        }
        // The last character of one byte has three bits too many.
        assert_eq!(encode(&[0xa5]), "uu");
        for wrong in ["uv", "u", "u1", "uu======", "ü", " uu"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
