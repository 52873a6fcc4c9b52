//! The shapes of ids: `chatcmpl-{29 alnum}`, `{32 hex}`, `{uuid}`, `gen-{any}`.

/// Whether the whole of `text` is what `pattern` describes. Outside braces a pattern stands for itself; inside,
/// `any` is any text, `uuid` a UUID, and `N class` or `class` N or at least one of `alnum`, `hex`, `digit`,
/// `base64`.
pub(crate) fn is_like(text: &str, pattern: &str) -> bool {
    let Some((literal, rest)) = pattern.split_once('{') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(literal) else {
        return false;
    };
    let Some((class, rest)) = rest.split_once('}') else {
        return false;
    };
    match class {
        "any" => {
            rest.is_empty()
                || (0..=text.len()).any(|at| text.get(at..).is_some_and(|tail| is_like(tail, rest)))
        }
        "uuid" => {
            text.get(..36).is_some_and(is_uuid)
                && text.get(36..).is_some_and(|tail| is_like(tail, rest))
        }
        _ => {
            let (count, class) = match class.split_once(' ') {
                Some((count, class)) => (count.parse().ok(), class),
                None => (None, class),
            };
            let member: fn(u8) -> bool = match class {
                "hex" => |b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
                "digit" => |b| b.is_ascii_digit(),
                "base64" => |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_',
                _ => |b| b.is_ascii_alphanumeric(),
            };
            let run = text.bytes().take_while(|b| member(*b)).count();
            let length = count.unwrap_or(run);
            length > 0
                && length <= run
                && text.get(length..).is_some_and(|tail| is_like(tail, rest))
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_describe_whole_texts() {
        assert!(is_like(
            "chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xY",
            "chatcmpl-{29 alnum}"
        ));
        assert!(!is_like(
            "chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7x",
            "chatcmpl-{29 alnum}"
        ));
        assert!(!is_like(
            "chatcmpl-Ab3dE6gH9jK2mN5pQ8rS1tU4vW7xYZ",
            "chatcmpl-{29 alnum}"
        ));
        assert!(is_like("0f8fad5b-d9cb-469f-a165-70867728950e", "{uuid}"));
        assert!(!is_like(
            "0f8fad5b-d9cb-469f-a165-70867728950e_eu",
            "{uuid}"
        ));
        assert!(is_like(
            "0f8fad5b-d9cb-469f-a165-70867728950e_eu",
            "{uuid}_{any}"
        ));
        assert!(is_like("fp_8b0b14b5dc_prod0820", "fp_{10 hex}_prod{any}"));
        assert!(is_like("chatcmpl-150", "chatcmpl-{digit}"));
        assert!(!is_like("chatcmpl-", "chatcmpl-{digit}"));
        assert!(is_like("gen-", "gen-{any}"));
        assert!(is_like(
            "oV1mqo1-28Eivz-9c4b14ce2f14c9b7",
            "{7 alnum}-{6 alnum}-{16 hex}"
        ));
        assert!(is_like("x", "x") && !is_like("x", "y") && !is_like("é", "{1 hex}"));
    }
}
