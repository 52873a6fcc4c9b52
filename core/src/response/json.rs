//! JSON text to a tape, in one pass.

use super::shape::{Key, Shape, response_shape};
use super::tape::{Scalar, Tape, TapeWriter};
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
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
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson { reason } => write!(f, "the response is not JSON: {reason}"),
            Self::NotAnObject => f.write_str("the response is not a JSON object"),
            Self::TooLarge => write!(f, "the response is larger than {MAX_RESPONSE_BYTES} bytes"),
        }
    }
}

/// Reads the wanted fields of a JSON object.
pub fn parse_json(text: &[u8]) -> Result<Tape<'_>, ParseError> {
    if text.len() > MAX_RESPONSE_BYTES {
        return Err(ParseError::TooLarge);
    }
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|byte| *byte != b'{') && serde_json::from_slice::<IgnoredAny>(text).is_ok()
    {
        return Err(ParseError::NotAnObject);
    }
    let mut writer = Tape::writer();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let not_json = |error: serde_json::Error| ParseError::NotJson {
        reason: error.to_string(),
    };
    let root = Keep {
        shape: response_shape(),
        key: Key::ITEM,
        writer: &mut writer,
        is_root: true,
    };
    root.deserialize(&mut reader).map_err(not_json)?;
    reader.end().map_err(not_json)?;
    Ok(writer.finish())
}

/// Keeps one value as far as its shape wants it.
struct Keep<'w, 'de> {
    shape: &'static Shape,
    key: Key,
    writer: &'w mut TapeWriter<'de>,
    is_root: bool,
}

impl<'de> Keep<'_, 'de> {
    fn scalar(self, scalar: Scalar<'de>) {
        self.writer.scalar(self.key, scalar);
    }
}

impl<'de> DeserializeSeed<'de> for Keep<'_, 'de> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar(Scalar::Null);
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Scalar::Bool(value));
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(Scalar::Unsigned(value));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(u64::try_from(value).map_or(Scalar::Negative(value), Scalar::Unsigned));
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Scalar::Float(value));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<(), E> {
        let wanted = self.shape.leaf;
        self.scalar(if wanted {
            Scalar::Text(Cow::Borrowed(value))
        } else {
            Scalar::Opaque
        });
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        let wanted = self.shape.leaf;
        self.scalar(if wanted {
            Scalar::Text(Cow::Owned(value.to_owned()))
        } else {
            Scalar::Opaque
        });
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.shape.is_end() && !self.is_root {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            self.scalar(Scalar::Opaque);
            return Ok(());
        }
        if !self.is_root {
            self.writer.begin_object(self.key);
        }
        while let Some(key) = map.next_key_seed(Name(self.shape))? {
            let Some((key, shape)) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            map.next_value_seed(Keep {
                shape,
                key,
                writer: self.writer,
                is_root: false,
            })?;
        }
        if !self.is_root {
            self.writer.end();
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some(shape) = self.shape.items else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            self.scalar(Scalar::Opaque);
            return Ok(());
        };
        self.writer.begin_list(self.key);
        while list
            .next_element_seed(Keep {
                shape,
                key: Key::ITEM,
                writer: self.writer,
                is_root: false,
            })?
            .is_some()
        {}
        self.writer.end();
        Ok(())
    }
}

/// Looks a key up in the shape without keeping it.
struct Name(&'static Shape);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<(Key, &'static Shape)>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<(Key, &'static Shape)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(self.0.field(value))
    }
}
