//! AWS event-stream frames: length, header length, a checksum of both, headers, payload, a checksum of all.

/// What stands around headers and payload: two lengths and a checksum before, a checksum after.
const AROUND: usize = 16;

/// The largest frame that is read; the service's own limit is 16 MiB.
const MAX_FRAME: usize = 24 * 1024 * 1024;

/// Calls `payload` with each whole frame's payload; returns how many bytes they took. The transport has its own
/// checksums, so those of the frames are not computed again.
pub(super) fn cut(bytes: &[u8], payload: &mut dyn FnMut(&[u8])) -> usize {
    let mut used = 0;
    while let Some((length, inner)) = bytes.get(used..).and_then(frame) {
        if let Some(inner) = inner {
            payload(inner);
        }
        used += length;
    }
    used
}

/// The length of the frame at the beginning and, unless it contradicts itself, its payload.
fn frame(bytes: &[u8]) -> Option<(usize, Option<&[u8]>)> {
    let number = |at: usize| {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(four)).ok()
    };
    let (length, headers) = (number(0)?, number(4)?);
    if !(AROUND..=MAX_FRAME).contains(&length) {
        // Not a frame: what follows cannot be found any more.
        return Some((bytes.len(), None)).filter(|(rest, _)| *rest > 0);
    }
    let whole = bytes.get(..length)?;
    let from = headers.checked_add(AROUND - 4)?;
    Some((
        length,
        whole
            .get(from..length - 4)
            .filter(|inner| !inner.is_empty()),
    ))
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
            let used = cut(&buffer, &mut |p| seen.push(p.to_vec()));
            buffer.drain(..used);
            buffer.extend_from_slice(&bytes[split..]);
            let used = cut(&buffer, &mut |p| seen.push(p.to_vec()));
            assert_eq!(used, buffer.len());
            assert_eq!(
                seen,
                [b"{\"a\":1}".to_vec(), b"{\"b\":2}".to_vec()],
                "split at {split}"
            );
        }
    }

    #[test]
    fn what_is_no_frame_is_given_up() {
        let mut seen = 0;
        assert_eq!(cut(&[0, 0, 0, 1, 9, 9, 9, 9, 9], &mut |_| seen += 1), 9);
        assert_eq!(
            cut(&[0, 0, 0, 40, 0, 0, 0, 99, 0, 0, 0, 0], &mut |_| seen += 1),
            0
        );
        assert_eq!(seen, 0);
    }
}
