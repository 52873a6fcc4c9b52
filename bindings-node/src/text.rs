//! Texts of some length from JavaScript, taken in one call.

use napi::bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue};
use napi::{ValueType, sys};

/// Room for what a record or a response without much text takes, three bytes for each character: with less, Node
/// would count the bytes before it writes them.
const ROOM: usize = 4096;

/// Beyond the room the text may go on.
const LONGEST_CHARACTER: usize = 4;

/// A text. `String` asks Node for its length first, which costs as much as taking it.
pub struct Text(String);

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        String::type_name()
    }

    fn value_type() -> ValueType {
        String::value_type()
    }
}

impl ValidateNapiValue for Text {}

impl FromNapiValue for Text {
    #[expect(unsafe_code, reason = "napi's own functions are unsafe")]
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> napi::Result<Self> {
        let mut bytes = Vec::<u8>::with_capacity(ROOM);
        let mut written = 0;
        // SAFETY: the caller vouches for `env` and `value`; no more is written than there is room for.
        let status = unsafe {
            let start = bytes.as_mut_ptr().cast();
            sys::napi_get_value_string_utf8(env, value, start, ROOM, &raw mut written)
        };
        if status != sys::Status::napi_ok || written + LONGEST_CHARACTER >= ROOM {
            // SAFETY: the caller vouches for both.
            return unsafe { String::from_napi_value(env, value) }.map(Self);
        }
        // SAFETY: Node has written as many, and writes nothing but UTF-8, as napi's own `String` relies on.
        Ok(Self(unsafe {
            bytes.set_len(written);
            String::from_utf8_unchecked(bytes)
        }))
    }
}
