//! The text that JavaScript writes for one call, token by token.
//!
//! ```text
//! record  = now ';' 32 hex digits, options, '|', subject
//! options = (option id, value)*
//! subject = 'o' (node id, value)*    an object, by the ids of the shape
//!         | 'j'                      JSON text, which travels beside the record
//!         | 'm' | 'x' | 'l'          nothing; not an object; too many values to read
//! value   = 'z' | 't' | 'f' | '?'    null, true, false, a kind that is never read
//!         | 'n' number ';'
//!         | 's' text
//!         | '{' … '}' | '[' … ']'    in options: (text, value)*
//! text    = length in UTF-16 code units ':' the text itself
//! headers = (text, text)*            names and values; HTTP headers travel beside the record
//! ```

/// A value, or the opening of one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(&'a str),
    Object,
    List,
    Opaque,
}

/// Reads a record. Every method answers `None` when the record ends early.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    rest: &'a str,
    /// Lengths in code units are then lengths in bytes.
    is_ascii: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(record: &'a str) -> Self {
        Self {
            rest: record,
            is_ascii: record.is_ascii(),
        }
    }

    /// The next character, if it is ASCII, without taking it.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// Takes `expected` if it comes next.
    pub(crate) fn take(&mut self, expected: u8) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.skip(1);
        }
        found
    }

    /// Takes `bytes` bytes.
    pub(crate) fn chunk(&mut self, bytes: usize) -> Option<&'a str> {
        let (chunk, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(chunk)
    }

    /// Takes everything before `stop`, and `stop`.
    pub(crate) fn until(&mut self, stop: u8) -> Option<&'a str> {
        let length = self.rest.bytes().position(|byte| byte == stop)?;
        let taken = self.chunk(length)?;
        self.skip(1);
        Some(taken)
    }

    /// Takes a whole number.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        self.chunk(digits)?.parse().ok()
    }

    /// Takes a text.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let units = self.count()?;
        if !self.take(b':') {
            return None;
        }
        let bytes = if self.is_ascii {
            units
        } else {
            bytes_of(self.rest, units)
        };
        self.chunk(bytes)
    }

    /// Takes a value; of an object or list only its opening.
    pub(crate) fn value(&mut self) -> Option<Value<'a>> {
        let kind = self.peek()?;
        self.skip(1);
        Some(match kind {
            b'z' => Value::Null,
            b't' => Value::Bool(true),
            b'f' => Value::Bool(false),
            b'n' => Value::Number(self.until(b';')?),
            b's' => Value::Text(self.text()?),
            b'{' => Value::Object,
            b'[' => Value::List,
            b'?' => Value::Opaque,
            _ => return None,
        })
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

/// The bytes that the first `units` UTF-16 code units of `text` take.
fn bytes_of(text: &str, units: usize) -> usize {
    let mut seen = 0;
    for (at, char) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += char.len_utf16();
    }
    text.len()
}

/// The names and values of headers, as far as they can be read.
pub(crate) fn headers(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut reader = Reader::new(text);
    std::iter::from_fn(move || Some((reader.text()?, reader.text()?)))
}
