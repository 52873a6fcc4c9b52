//! JSON text, byte by byte: texts, numbers, and values that are passed over.
//!
//! Strict about the grammar of everything, also of what is passed over; what a passed-over text says is not looked
//! at. Eight bytes of a text are judged at once, and thirty-two of a long one.

/// A text that is not JSON, or not Unicode where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// Walks over a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

/// What stands between two quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quoted<'a> {
    /// As it is written, escapes and all.
    pub(super) inner: &'a [u8],
    /// With escapes.
    pub(super) is_escaped: bool,
}

/// A number as JSON writes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Numeral<'a> {
    /// Digits alone, of at most 64 bits.
    Whole(u64),
    /// Anything else.
    Other(&'a str),
}

impl<'a> Scanner<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte; 0, which begins nothing, at the end.
    #[inline]
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    /// The next byte that is no space.
    #[inline]
    pub(super) fn next_token(&mut self) -> u8 {
        loop {
            let byte = self.peek();
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
    }

    /// Steps over the byte just seen.
    #[inline]
    pub(super) fn step(&mut self) {
        self.at += 1;
    }

    /// Whether nothing but space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.next_token() == 0 && self.at >= self.text.len()
    }

    /// Steps over `token`, which must come next.
    #[inline]
    pub(super) fn expect(&mut self, token: u8) -> Result<(), Broken> {
        if self.next_token() != token {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    /// The rest of `true`, `false` or `null`.
    #[inline]
    pub(super) fn word(&mut self, word: &[u8]) -> Result<(), Broken> {
        let end = self.at + word.len();
        if self.text.get(self.at..end) != Some(word) {
            return Err(Broken);
        }
        self.at = end;
        Ok(())
    }

    /// From a quote to behind the one that closes it.
    #[inline]
    pub(super) fn quoted(&mut self) -> Result<Quoted<'a>, Broken> {
        let start = self.at + 1;
        let rest = self.text.get(start..).unwrap_or_default();
        // Most texts are short and have no escapes.
        for (place, word) in rest.as_chunks::<8>().0.iter().take(3).enumerate() {
            let ends = ends(u64::from_le_bytes(*word));
            if ends != 0 {
                let length = place * 8 + ends.trailing_zeros() as usize / 8;
                if rest.get(length) != Some(&b'"') {
                    break;
                }
                self.at = start + length + 1;
                return Ok(Quoted {
                    inner: rest.get(..length).unwrap_or_default(),
                    is_escaped: false,
                });
            }
        }
        self.any_quoted()
    }

    #[inline(never)]
    fn any_quoted(&mut self) -> Result<Quoted<'a>, Broken> {
        let start = self.at + 1;
        let mut at = start;
        let mut is_escaped = false;
        loop {
            at = plain_end(self.text, at);
            match self.text.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_escaped = true;
                    at = escape_end(self.text, at).ok_or(Broken)?;
                }
                _ => return Err(Broken),
            }
        }
        self.at = at + 1;
        let inner = self.text.get(start..at).ok_or(Broken)?;
        Ok(Quoted { inner, is_escaped })
    }

    /// A number.
    #[inline]
    pub(super) fn numeral(&mut self) -> Result<Numeral<'a>, Broken> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let mut value = 0_u64;
        // So many digits never pass 64 bits.
        for (digits, byte) in rest.iter().take(20).enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                let has_leading_zero = digits > 1 && rest.first() == Some(&b'0');
                if digits == 0 || has_leading_zero || matches!(byte, b'.' | b'e' | b'E') {
                    break;
                }
                self.at = start + digits;
                return Ok(Numeral::Whole(value));
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
        }
        self.any_numeral()
    }

    #[cold]
    fn any_numeral(&mut self) -> Result<Numeral<'a>, Broken> {
        let start = self.at;
        if self.peek() == b'-' {
            self.at += 1;
        }
        let is_zero = self.peek() == b'0';
        let digits = self.digits()?;
        if is_zero && digits > 1 {
            return Err(Broken);
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let text = std::str::from_utf8(text).map_err(|_| Broken)?;
        Ok(text.parse().map_or(Numeral::Other(text), Numeral::Whole))
    }

    /// Steps over digits, of which there must be some, and counts them.
    fn digits(&mut self) -> Result<usize, Broken> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        let count = self.at - start;
        if count == 0 { Err(Broken) } else { Ok(count) }
    }

    /// Passes over the value that begins at `token`, the byte just seen, however deep it nests.
    pub(super) fn skip(&mut self, token: u8) -> Result<(), Broken> {
        let mut open = Nesting::default();
        let mut token = token;
        loop {
            let mut is_before_value = false;
            match token {
                b'"' => {
                    self.quoted()?;
                }
                b'-' | b'0'..=b'9' => {
                    self.numeral()?;
                }
                b'{' | b'[' => {
                    self.step();
                    let is_object = token == b'{';
                    token = self.next_token();
                    if token == if is_object { b'}' } else { b']' } {
                        self.step();
                    } else {
                        open.push(is_object);
                        is_before_value = true;
                    }
                }
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => return Err(Broken),
            }
            // Behind a value: out of what ends here, to the next.
            while !is_before_value {
                let Some(is_object) = open.innermost() else {
                    return Ok(());
                };
                match (self.next_token(), is_object) {
                    (b',', _) => {
                        self.step();
                        token = self.next_token();
                        is_before_value = true;
                    }
                    (b'}', true) | (b']', false) => {
                        self.step();
                        open.pop();
                    }
                    _ => return Err(Broken),
                }
            }
            if open.innermost() == Some(true) {
                token = self.skip_name(token)?;
            }
        }
    }

    /// Passes over a field's name, and answers the byte that its value begins with.
    #[inline]
    fn skip_name(&mut self, token: u8) -> Result<u8, Broken> {
        if token != b'"' {
            return Err(Broken);
        }
        self.quoted()?;
        self.expect(b':')?;
        Ok(self.next_token())
    }
}

/// Which of the things that are open are objects, a bit each.
#[derive(Default)]
struct Nesting {
    bits: u64,
    depth: u32,
    outer: Vec<u64>,
}

impl Nesting {
    #[inline]
    fn push(&mut self, is_object: bool) {
        if self.depth == u64::BITS {
            self.outer.push(self.bits);
            self.depth = 0;
        }
        self.bits = self.bits << 1 | u64::from(is_object);
        self.depth += 1;
    }

    #[inline]
    fn innermost(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }

    #[inline]
    fn pop(&mut self) {
        self.bits >>= 1;
        self.depth -= 1;
        if self.depth == 0
            && let Some(outer) = self.outer.pop()
        {
            self.bits = outer;
            self.depth = u64::BITS;
        }
    }
}

const ONES: u64 = u64::MAX / 0xff;
const HIGH: u64 = ONES << 7;

/// The high bit of the first byte that is a quote, a backslash or a control character, and of none before it.
/// What stands above that means nothing.
const fn ends(word: u64) -> u64 {
    let quotes = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
    let escapes = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    let controls = word.wrapping_sub(ONES * 0x20);
    (quotes | escapes | controls) & !word & HIGH
}

/// The place of the first quote, backslash or control character from `at` on; the end when there is none.
#[inline]
fn plain_end(text: &[u8], mut at: usize) -> usize {
    let mut rest = text.get(at..).unwrap_or_default();
    let mut words = 0;
    while let Some((bytes, after)) = rest.split_first_chunk::<8>() {
        let ends = ends(u64::from_le_bytes(*bytes));
        if ends != 0 {
            return at + ends.trailing_zeros() as usize / 8;
        }
        at += 8;
        rest = after;
        words += 1;
        if words == 4 {
            let long = long_end(rest);
            at += long;
            rest = rest.get(long..).unwrap_or_default();
        }
    }
    for byte in rest {
        if matches!(byte, b'"' | b'\\' | ..0x20) {
            break;
        }
        at += 1;
    }
    at
}

/// How many bytes from the beginning on are plain for certain, of a text that seems to be long.
#[inline(never)]
fn long_end(text: &[u8]) -> usize {
    let mut plain = 0;
    for chunk in text.as_chunks::<32>().0 {
        // No early way out, so that the compiler takes them all at once.
        let ends = chunk.iter().fold(0_u8, |ends, byte| {
            ends | u8::from(*byte == b'"') | u8::from(*byte == b'\\') | u8::from(*byte < 0x20)
        });
        if ends != 0 {
            break;
        }
        plain += 32;
    }
    plain
}

/// Behind the escape that begins at `at`.
fn escape_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        b'u' => text
            .get(at + 2..at + 6)?
            .iter()
            .all(u8::is_ascii_hexdigit)
            .then_some(at + 6),
        _ => None,
    }
}

impl<'a> Quoted<'a> {
    /// The text itself when it is written without escapes.
    #[inline]
    pub(super) fn plain(self) -> Option<&'a str> {
        if self.is_escaped {
            return None;
        }
        std::str::from_utf8(self.inner).ok()
    }
}
