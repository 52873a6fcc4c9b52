//! Whole numbers in JSON, read from their text: reading a number as any number brings along how fractions are rounded,
//! which is a part of what a page loads.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;
use std::fmt::Display;
use std::str::FromStr;

/// For `deserialize_with`.
pub(super) fn whole<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    let text = <&RawValue>::deserialize(deserializer)?.get();
    let number = text.parse();
    number.map_err(|why| D::Error::custom(format_args!("{text} is no whole number here: {why}")))
}
