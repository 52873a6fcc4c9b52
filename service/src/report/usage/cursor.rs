//! Where a page ended.

use crate::http::Problem;
use base64ct::{Base64UrlUnpadded, Encoding};

/// The last event of a page: a later page begins behind it, whatever came in since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) at_ms: i64,
    pub(super) seq: i64,
}

impl Cursor {
    /// Means nothing to anybody else.
    pub(super) fn to_text(self) -> String {
        let bytes = [self.at_ms.to_be_bytes(), self.seq.to_be_bytes()].concat();
        Base64UrlUnpadded::encode_string(&bytes)
    }

    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            Problem::invalid(
                "cursor",
                "Invalid cursor: expected nextCursor of an earlier answer",
            )
        };
        let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| wrong())?;
        let (at_ms, seq) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
        let seq: [u8; 8] = seq.try_into().map_err(|_| wrong())?;
        Ok(Self {
            at_ms: i64::from_be_bytes(*at_ms),
            seq: i64::from_be_bytes(seq),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let cursor = Cursor {
            at_ms: 1_768_300_500_000,
            seq: 7,
        };
        assert_eq!(Cursor::parse(&cursor.to_text()), Ok(cursor));
        for text in ["", "x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "🦀"] {
            assert!(Cursor::parse(text).is_err(), "{text}");
        }
    }
}
