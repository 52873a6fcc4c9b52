//! AWS event-stream frames: length, header length, a checksum of both, headers, payload, a checksum of all.

/// What stands around headers and payload: two lengths and a checksum before, a checksum after.
const AROUND: usize = 16;

/// The largest frame that is read; the service's own limit is 16 MiB.
const MAX_FRAME: usize = 24 * 1024 * 1024;

/// How far the frames at the beginning of some bytes go.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// How many bytes they took.
    pub(super) used: usize,
    /// What follows them is no frame, so that no later one can be found.
    pub(super) is_broken: bool,
}

/// Calls `payload` with each whole frame's payload. The transport has its own checksums, so those of the frames
/// are not computed again.
pub(super) fn cut(bytes: &[u8], payload: &mut dyn FnMut(&[u8])) -> Cut {
    let mut used = 0;
    loop {
        match bytes.get(used..).map_or(Frame::Unfinished, frame) {
            Frame::Whole { length, inner } => {
                if !inner.is_empty() {
                    payload(inner);
                }
                used += length;
            }
            end => {
                return Cut {
                    used,
                    is_broken: matches!(end, Frame::Broken),
                };
            }
        }
    }
}

enum Frame<'a> {
    Whole { length: usize, inner: &'a [u8] },
    Unfinished,
    Broken,
}

/// The frame at the beginning. Its lengths are judged as soon as they are there, however much has come of it.
fn frame(bytes: &[u8]) -> Frame<'_> {
    let number = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(four)).ok()
    };
    let (Some(length), Some(headers)) = (number(0), number(4)) else {
        return Frame::Unfinished;
    };
    if !(AROUND..=MAX_FRAME).contains(&length) || headers > length - AROUND {
        return Frame::Broken;
    }
    bytes
        .get(AROUND - 4 + headers..length - 4)
        .filter(|_| bytes.len() >= length)
        .map_or(Frame::Unfinished, |inner| Frame::Whole { length, inner })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame_of(headers: &[u8], payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(AROUND + headers.len() + payload.len()).unwrap();
        let mut frame = length.to_be_bytes().to_vec();
        frame.extend_from_slice(&u32::try_from(headers.len()).unwrap().to_be_bytes());
        frame.extend_from_slice(&[0; 4]);
        frame.extend_from_slice(headers);
        frame.extend_from_slice(payload);
        frame.extend_from_slice(&[0; 4]);
        frame
    }

    #[test]
    fn frames_cut_anywhere_give_the_same_payloads() {
        let mut bytes = frame_of(b"abc", b"{\"a\":1}");
        bytes.extend(frame_of(b"", b"{\"b\":2}"));
        for split in 0..bytes.len() {
            let mut seen = Vec::new();
            let mut buffer = bytes[..split].to_vec();
            let first = cut(&buffer, &mut |p| seen.push(p.to_vec()));
            buffer.drain(..first.used);
            buffer.extend_from_slice(&bytes[split..]);
            let second = cut(&buffer, &mut |p| seen.push(p.to_vec()));
            assert_eq!(second.used, buffer.len());
            assert!(!first.is_broken && !second.is_broken);
            assert_eq!(
                seen,
                [b"{\"a\":1}".to_vec(), b"{\"b\":2}".to_vec()],
                "split at {split}"
            );
        }
    }

    #[test]
    fn what_is_no_frame_ends_it_however_much_has_come() {
        let good = frame_of(b"abc", b"{}");
        for bad in [[0, 0, 0, 1, 9, 9, 9, 9], [0, 0, 0, 40, 0, 0, 0, 99]] {
            for after in [0, 1, 40] {
                let mut bytes = good.clone();
                bytes.extend(bad);
                bytes.extend(vec![0; after]);
                let mut seen = 0;
                let ended = cut(&bytes, &mut |_| seen += 1);
                assert_eq!((seen, ended.used), (1, good.len()));
                assert!(ended.is_broken);
            }
        }
    }
}
