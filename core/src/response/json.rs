//! JSON text to a tape, in one pass.

use super::scan::{Broken, Numeral, Quoted, Scanner};
use super::shape::{Key, MAX_RESPONSE_NODES, Shape, response_shape};
use super::tape::{Scalar, Tape, TapeWriter};
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::fmt;

/// The largest response that is read, 64 MiB. Images come as base64 inside; nothing larger was ever seen.
pub const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// Why a text is not a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParseError {
    /// Not JSON, or not UTF-8.
    NotJson {
        /// What the parser found, with line and column, without the text itself.
        reason: String,
    },
    /// JSON, but not an object.
    NotAnObject,
    /// Above [`MAX_RESPONSE_BYTES`].
    TooLarge,
    /// More than [`MAX_RESPONSE_NODES`] values of those that are kept.
    TooManyValues,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { reason } => write!(f, "the response is not JSON: {reason}"),
            Self::NotAnObject => f.write_str("the response is not a JSON object"),
            Self::TooLarge => write!(f, "the response is larger than {MAX_RESPONSE_BYTES} bytes"),
            Self::TooManyValues => write!(
                f,
                "the response states more than {MAX_RESPONSE_NODES} values that say something about usage"
            ),
        }
    }
}

/// Reads the wanted fields of a JSON object.
pub fn parse_json(text: &[u8]) -> Result<Tape<'_>, ParseError> {
    if text.len() > MAX_RESPONSE_BYTES {
        return Err(ParseError::TooLarge);
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = Reader {
        scanner: Scanner::new(text),
        writer: Tape::writer(),
    };
    match reader.response() {
        Ok(()) => Ok(reader.writer.finish()),
        Err(Stop::TooManyValues) => Err(ParseError::TooManyValues),
        Err(Stop::Broken) => Err(explain(text)),
    }
}

/// What is wrong with a text that could not be read, in the words of a parser that is made to explain.
#[cold]
fn explain(text: &[u8]) -> ParseError {
    match serde_json::from_slice::<IgnoredAny>(text) {
        Err(error) => ParseError::NotJson {
            reason: error.to_string(),
        },
        Ok(_) if Scanner::new(text).next_token() != b'{' => ParseError::NotAnObject,
        Ok(_) => ParseError::NotJson {
            reason: "it has a number beyond any double, or a text that is not Unicode".to_owned(),
        },
    }
}

/// Why reading stopped.
enum Stop {
    Broken,
    TooManyValues,
}

impl std::convert::From<Broken> for Stop {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    writer: TapeWriter<'a>,
}

impl<'a> Reader<'a> {
    fn response(&mut self) -> Result<(), Stop> {
        if self.scanner.next_token() != b'{' {
            return Err(Stop::Broken);
        }
        self.fields(response_shape())?;
        if self.scanner.is_at_end() {
            Ok(())
        } else {
            Err(Stop::Broken)
        }
    }

    /// The wanted fields of the object that begins here. Goes no deeper than the shape.
    fn fields(&mut self, shape: &'static Shape) -> Result<(), Stop> {
        self.scanner.step();
        let mut token = self.scanner.next_token();
        if token == b'}' {
            self.scanner.step();
            return Ok(());
        }
        loop {
            if token != b'"' {
                return Err(Stop::Broken);
            }
            let name = self.scanner.quoted()?;
            self.scanner.expect(b':')?;
            let field = if name.is_escaped {
                shape.field(&unescaped(name)?)
            } else {
                shape.named(name.inner)
            };
            if let Some((key, shape)) = field {
                self.value(key, shape)?;
            } else {
                check(name)?;
                let token = self.scanner.next_token();
                self.scanner.skip(token)?;
            }
            token = self.scanner.next_token();
            self.scanner.step();
            match token {
                b',' => token = self.scanner.next_token(),
                b'}' => return Ok(()),
                _ => return Err(Stop::Broken),
            }
        }
    }

    /// One value as far as its shape wants it.
    fn value(&mut self, key: Key, shape: &'static Shape) -> Result<(), Stop> {
        if self.writer.len() > MAX_RESPONSE_NODES {
            return Err(Stop::TooManyValues);
        }
        let token = self.scanner.next_token();
        let scalar = match token {
            b'{' if !shape.is_end() => {
                self.writer.begin_object(key);
                self.fields(shape)?;
                self.writer.end();
                return Ok(());
            }
            b'[' => match shape.items {
                Some(items) => return self.list(key, items),
                None => self.opaque(token)?,
            },
            b'{' => self.opaque(token)?,
            b'"' => {
                let text = self.scanner.quoted()?;
                if shape.leaf {
                    Scalar::Text(read(text)?)
                } else {
                    check(text)?;
                    Scalar::Opaque
                }
            }
            b't' => self.word(b"true", Scalar::Bool(true))?,
            b'f' => self.word(b"false", Scalar::Bool(false))?,
            b'n' => self.word(b"null", Scalar::Null)?,
            b'-' | b'0'..=b'9' => match self.scanner.numeral()? {
                Numeral::Whole(value) => Scalar::Unsigned(value),
                Numeral::Other(text) => number(text)?,
            },
            _ => return Err(Stop::Broken),
        };
        self.writer.scalar(key, scalar);
        Ok(())
    }

    fn list(&mut self, key: Key, items: &'static Shape) -> Result<(), Stop> {
        self.writer.begin_list(key);
        self.scanner.step();
        if self.scanner.next_token() == b']' {
            self.scanner.step();
        } else {
            loop {
                self.value(Key::ITEM, items)?;
                let token = self.scanner.next_token();
                self.scanner.step();
                match token {
                    b',' => {}
                    b']' => break,
                    _ => return Err(Stop::Broken),
                }
            }
        }
        self.writer.end();
        Ok(())
    }

    fn opaque(&mut self, token: u8) -> Result<Scalar<'a>, Stop> {
        self.scanner.skip(token)?;
        Ok(Scalar::Opaque)
    }

    fn word(&mut self, word: &[u8], scalar: Scalar<'a>) -> Result<Scalar<'a>, Stop> {
        self.scanner.word(word)?;
        Ok(scalar)
    }
}

#[inline]
fn read(text: Quoted<'_>) -> Result<Cow<'_, str>, Broken> {
    match text.plain() {
        Some(plain) => Ok(Cow::Borrowed(plain)),
        None => unescaped(text).map(Cow::Owned),
    }
}

/// Whether a text that stands among wanted fields is Unicode, though nobody reads it.
#[inline]
fn check(text: Quoted<'_>) -> Result<(), Broken> {
    if !text.is_escaped && text.inner.is_ascii() {
        return Ok(());
    }
    read(text).map(drop)
}

#[cold]
fn unescaped(text: Quoted<'_>) -> Result<String, Broken> {
    let quoted = [b"\"".as_slice(), text.inner, b"\""].concat();
    serde_json::from_slice(&quoted).map_err(|_| Broken)
}

/// A number that is not of digits alone: negative, with a fraction, or beyond 64 bits.
#[cold]
fn number(text: &str) -> Result<Scalar<'static>, Broken> {
    // Minus nothing is no whole number: it keeps its sign.
    if let Ok(value) = text.parse::<i64>()
        && value < 0
    {
        return Ok(Scalar::Negative(value));
    }
    let value: f64 = text.parse().map_err(|_| Broken)?;
    if value.is_finite() {
        Ok(Scalar::Float(value))
    } else {
        Err(Broken)
    }
}
