//! How many tokens a text may be. An estimate with bounds, never a count: tokenizers differ and none is here.

/// A number of tokens that lies between `low` and `high` for ordinary text and code, most likely near `likely`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenEstimate {
    /// The least.
    pub low: u64,
    /// The best guess.
    pub likely: u64,
    /// The most.
    pub high: u64,
}

impl TokenEstimate {
    /// A number that is known.
    pub const fn exactly(tokens: u64) -> Self {
        Self {
            low: tokens,
            likely: tokens,
            high: tokens,
        }
    }
}

/// Estimates by characters: of ASCII text four make a token, from seven (plain prose) to two (dense code, digits);
/// of other scripts one makes a token, from a third to two and a half.
pub fn estimate_tokens(text: &str) -> TokenEstimate {
    let characters = text.chars().count();
    let ascii = text.bytes().filter(u8::is_ascii).count();
    let whole = |number: usize| u64::try_from(number).unwrap_or(u64::MAX / 8);
    let (ascii, other) = (whole(ascii), whole(characters - ascii.min(characters)));
    TokenEstimate {
        low: (ascii * 3 + other * 7).div_ceil(21),
        likely: (ascii + other * 4).div_ceil(4),
        high: (ascii + other * 5).div_ceil(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_enclose_the_guess() {
        for text in [
            "",
            "a",
            "Hello, how are you?",
            "你好，世界",
            "fn main() { println!(\"{}\", 1); }",
            "é",
        ] {
            let estimate = estimate_tokens(text);
            assert!(
                estimate.low <= estimate.likely && estimate.likely <= estimate.high,
                "{text}"
            );
        }
        assert_eq!(estimate_tokens(""), TokenEstimate::exactly(0));
        assert_eq!(estimate_tokens(&"word ".repeat(800)).likely, 1_000);
    }
}
