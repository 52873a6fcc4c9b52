//! How the server recognises what it made itself: a short MAC with its first secret, checked with all of them.

use crate::context::Settings;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

pub(crate) const MAC_BYTES: usize = 8;

/// What a MAC is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// So that what was signed for one thing is not taken for another.
    pub(crate) purpose: &'a [u8],
    /// One after the other. All but the last have a length that follows from the purpose.
    pub(crate) parts: [&'a [u8]; 3],
}

impl Signed<'_> {
    /// The MAC with the secret that signs.
    pub(crate) fn mac(&self, settings: &Settings) -> Option<[u8; MAC_BYTES]> {
        self.with(settings.secrets().first()?)
    }

    /// Whether `mac` was made with one of the server's secrets.
    pub(crate) fn is_by(&self, settings: &Settings, mac: &[u8]) -> bool {
        let signed_by =
            |secret: &Vec<u8>| self.with(secret).is_some_and(|own| own.ct_eq(mac).into());
        // Every secret is tried, so that the time taken does not tell which one signed.
        let matching = settings.secrets().iter().filter(|secret| signed_by(secret));
        matching.count() > 0
    }

    fn with(&self, secret: &[u8]) -> Option<[u8; MAC_BYTES]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(self.purpose);
        for part in self.parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().first_chunk().copied()
    }
}
