//! The shapes of ids: `chatcmpl-{29 alnum}`, `{32 hex}`, `{uuid}`, `gen-{any}`, taken apart by the build.

/// A piece of a pattern.
#[derive(Debug)]
pub(crate) enum Piece {
    /// This text.
    Text(&'static str),
    /// Any text.
    Any,
    /// A UUID.
    Uuid,
    /// So many characters of a class; at least one, and all there are, when `count` is 0.
    Run {
        /// How many.
        count: u8,
        /// Of which.
        class: Class,
    },
}

/// Some of the groups of characters that [`group`] tells apart, a bit each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Class(pub(crate) u8);

/// Digits 1, `a` to `f` 2, other letters 4, `-` and `_` 8.
const fn group(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 1,
        b'a'..=b'f' => 2,
        b'g'..=b'z' | b'A'..=b'Z' => 4,
        b'-' | b'_' => 8,
        _ => 0,
    }
}

const GROUPS: [u8; 256] = {
    let mut groups = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let of = group(byte as u8);
        groups[byte] = of;
        byte += 1;
    }
    groups
};

impl Class {
    fn has(self, byte: u8) -> bool {
        GROUPS[usize::from(byte)] & self.0 != 0
    }
}

/// Whether the whole of `text` is what the pieces describe.
pub(crate) fn is_like(text: &[u8], pieces: &[Piece]) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    let after = match piece {
        Piece::Text(literal) => text.strip_prefix(literal.as_bytes()),
        Piece::Any => {
            return rest.is_empty()
                || (0..=text.len())
                    .any(|at| text.get(at..).is_some_and(|tail| is_like(tail, rest)));
        }
        Piece::Uuid => text
            .split_at_checked(36)
            .filter(|(uuid, _)| is_uuid(uuid))
            .map(|(_, after)| after),
        Piece::Run { count, class } => {
            let longest = match *count {
                0 => text.len(),
                count => usize::from(count),
            };
            let front = text.get(..longest).unwrap_or(text);
            let run = front.iter().take_while(|byte| class.has(**byte)).count();
            let is_long_enough = run > 0 && (*count == 0 || run == longest);
            text.get(run..).filter(|_| is_long_enough)
        }
    };
    after.is_some_and(|after| is_like(after, rest))
}

fn is_uuid(text: &[u8]) -> bool {
    text.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGIT: Class = Class(1);
    const HEX: Class = Class(3);
    const ALNUM: Class = Class(7);
    const BASE64: Class = Class(15);

    const fn run(count: u8, class: Class) -> Piece {
        Piece::Run { count, class }
    }

    fn like(text: &str, pieces: &[Piece]) -> bool {
        is_like(text.as_bytes(), pieces)
    }

    #[test]
    fn patterns_describe_whole_texts() {
        let chat = [Piece::Text("chatcmpl-"), run(29, ALNUM)];
        assert!(like("chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY", &chat));
        assert!(!like("chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7x", &chat));
        assert!(!like("chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xYZ", &chat));
        let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
        assert!(like(uuid, &[Piece::Uuid]));
        assert!(!like(&format!("{uuid}_eu"), &[Piece::Uuid]));
        let with_region = [Piece::Uuid, Piece::Text("_"), Piece::Any];
        assert!(like(&format!("{uuid}_eu"), &with_region));
        let print = [
            Piece::Text("fp_"),
            run(10, HEX),
            Piece::Text("_prod"),
            Piece::Any,
        ];
        assert!(like("fp_8b0b14b5dc_prod0820", &print));
        let count = [Piece::Text("chatcmpl-"), run(0, DIGIT)];
        assert!(like("chatcmpl-150", &count));
        assert!(!like("chatcmpl-", &count) && !like("chatcmpl-15x", &count));
        let any_before = [Piece::Any, Piece::Text("-x")];
        assert!(like("a-x-x", &any_before) && !like("a-y", &any_before));
        let three = [
            run(7, ALNUM),
            Piece::Text("-"),
            run(6, BASE64),
            Piece::Text("-"),
            run(16, HEX),
        ];
        assert!(like("oV1mqo1-28E_vz-9c4b14ce2f14c9b7", &three));
        assert!(like("x", &[Piece::Text("x")]) && !like("x", &[Piece::Text("y")]));
        assert!(!like("\u{e9}", &[run(1, HEX)]));
    }
}
