//! The scanner beside `serde_json`: what one reads, the other reads, and to the same tape.

use super::json::{ParseError, parse_json};
use super::shape::{Key, MAX_RESPONSE_NODES, Shape, response_shape};
use super::tape::{Scalar, Tape, TapeWriter};
use proptest::prelude::*;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

/// The tape as `serde_json` drives it.
fn reference(text: &[u8]) -> Option<Tape<'_>> {
    let mut writer = Tape::writer();
    let mut reader = Deserializer::from_slice(text);
    let root = Keep {
        shape: response_shape(),
        key: Key::ITEM,
        writer: &mut writer,
        is_root: true,
    };
    root.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(writer.finish())
}

struct Keep<'w, 'de> {
    shape: &'static Shape,
    key: Key,
    writer: &'w mut TapeWriter<'de>,
    is_root: bool,
}

impl<'de> Keep<'_, 'de> {
    fn scalar<E: Error>(self, scalar: Scalar<'de>) -> Result<(), E> {
        if self.is_root {
            return Err(E::custom("not an object"));
        }
        self.writer.scalar(self.key, scalar);
        Ok(())
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
        self.scalar(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Scalar::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.scalar(Scalar::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.scalar(u64::try_from(value).map_or(Scalar::Negative(value), Scalar::Unsigned))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.scalar(Scalar::Float(value))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<(), E> {
        let wanted = self.shape.is_leaf();
        self.scalar(if wanted {
            Scalar::Text(Cow::Borrowed(value))
        } else {
            Scalar::Opaque
        })
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        let wanted = self.shape.is_leaf();
        self.scalar(if wanted {
            Scalar::Text(Cow::Owned(value.to_owned()))
        } else {
            Scalar::Opaque
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.shape.is_end() {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return self.scalar(Scalar::Opaque);
        }
        if !self.is_root {
            self.writer.begin_object(self.key);
        }
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let known = self.shape.fields().find(|(spelling, ..)| *spelling == name);
            let Some((_, key, shape)) = known else {
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
        let Some(shape) = self.shape.items() else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return self.scalar(Scalar::Opaque);
        };
        if self.is_root {
            return Err(A::Error::custom("not an object"));
        }
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

/// Compares the two; says whether the text was read.
fn agree(text: &[u8]) -> bool {
    let show = || String::from_utf8_lossy(text).into_owned();
    let without_mark = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    match (parse_json(text), reference(without_mark)) {
        (Ok(ours), Some(theirs)) => {
            assert_eq!(ours, theirs, "{}", show());
            true
        }
        (Ok(_), None) => {
            // Names in what nobody reads are not judged as Unicode; their grammar is.
            let is_json = serde_json::from_slice::<IgnoredAny>(without_mark).is_ok();
            let is_unicode = serde_json::from_slice::<Value>(without_mark).is_ok();
            assert!(is_json && !is_unicode, "read, but is not JSON: {}", show());
            true
        }
        (Err(error), Some(_)) => panic!("{error}: {}", show()),
        (Err(_), None) => false,
    }
}

/// The responses of the vectors, and the recorded ones where they are at hand.
#[expect(clippy::print_stderr, reason = "a test that did not run whole says so")]
pub(crate) fn responses() -> Vec<String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut bodies = Vec::new();
    for path in files(&here.join("../tests/vectors/cost"), "json") {
        let vector: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        match &vector["input"] {
            input if input["text"].is_string() => {
                bodies.push(input["text"].as_str().unwrap().to_owned());
            }
            input => bodies.push(input["response"].to_string()),
        }
    }
    assert!(bodies.len() > 30, "the vectors are not where they were");
    let recorded = files(&here.join("../../shared/corpus"), "jsonl");
    if recorded.is_empty() {
        eprintln!("skipped: no recorded responses in ../shared/corpus");
    }
    for path in recorded {
        for line in fs::read_to_string(path).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if line["body"].is_object() {
                bodies.push(line["body"].to_string());
                bodies.push(serde_json::to_string_pretty(&line["body"]).unwrap());
            }
            let stream = line["sse"].as_str().unwrap_or_default().lines();
            bodies.extend(stream.filter_map(|l| Some(l.strip_prefix("data: ")?.to_owned())));
            for chunk in line["chunks"].as_array().into_iter().flatten() {
                bodies.push(chunk.to_string());
            }
        }
    }
    bodies
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    files.sort();
    files
}

#[test]
fn responses_are_read_as_serde_json_reads_them() {
    let read = responses()
        .iter()
        .filter(|body| agree(body.as_bytes()))
        .count();
    assert!(read > 30, "only {read} were read");
}

/// Bytes that mean something to a scanner.
const TELLING: &[u8] =
    b"{}[]\",:\\ \n\t\r0123456789-+.eEtrufalsn/b\x00\x1f\x7f\x80\xc3\xed\xa0\xf0\xff";

#[test]
fn a_byte_changed_lost_or_added_is_judged_alike() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below.max(1)
    };
    let (mut read, mut refused) = (0, 0);
    for body in responses().iter().filter(|body| body.len() < 20_000) {
        for _ in 0..12 {
            let mut bytes = body.clone().into_bytes();
            for _ in 0..=random(3) {
                let at = random(bytes.len());
                let byte = TELLING[random(TELLING.len())];
                match random(4) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes.insert(at, byte),
                    2 => drop(bytes.remove(at.min(bytes.len() - 1))),
                    _ => bytes[at] = byte,
                }
                if bytes.is_empty() {
                    bytes.push(byte);
                }
            }
            *(if agree(&bytes) {
                &mut read
            } else {
                &mut refused
            }) += 1;
        }
    }
    assert!(read > 50 && refused > 50, "{read} read, {refused} refused");
}

/// Values, whole and broken.
const VALUES: &[&str] = &[
    "0",
    "-0",
    "-0.0",
    "00",
    "01",
    "-01",
    "-",
    "+1",
    "1.",
    ".5",
    "1.5",
    "1e5",
    "1E+5",
    "1e-5",
    "1e",
    "1e+",
    "0e0",
    "-1",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1e308",
    "1e309",
    "-1e400",
    "1e-400",
    "123456789012345678901234567890",
    "0.1e1x",
    "1 2",
    "true",
    "tru",
    "truex",
    "false",
    "null",
    "nul",
    "NaN",
    "Infinity",
    "'x'",
    r#""""#,
    r#""a\"b""#,
    r#""\\""#,
    r#""\""#,
    r#""\u00e9""#,
    r#""\u00""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""\x""#,
    "\"\t\"",
    "\"\u{7f}\"",
    "\"é\"",
    r#""eight__8""#,
    r#""sixteen_bytes_16""#,
    "[]",
    "[ ]",
    "[1,]",
    "[,]",
    "[1 2]",
    "[1,2]",
    "[[]]",
    "[{}]",
    "{}",
    "{ }",
    "{,}",
    r#"{"a"}"#,
    r#"{"a":}"#,
    r#"{"a":1,}"#,
    r#"{"a":1 "b":2}"#,
    r#"{"a":1,"a":2}"#,
    "{1:2}",
    r#"{"a":[1,{"b":[]}]}"#,
    "]",
    "}",
    "",
];

#[test]
fn what_is_hard_to_scan_is_judged_alike() {
    let names = [
        "model",
        "usage",
        "nobody_wants_this",
        "choices",
        "prompt_tokens",
        r"mod\u0065l",
        r"\ud800",
        "é",
    ];
    for value in VALUES {
        for name in names {
            for text in [
                format!("{{\"{name}\":{value}}}"),
                format!(" {{ \"{name}\" : {value} , \"model\" : \"m\" }} \n"),
                format!("{{\"usage\":{{\"{name}\":{value}}}}}"),
                format!(
                    "{{\"choices\":[{{\"{name}\":{value}}},{value}],\"x\":[{value},{{\"{name}\":{value}}}]}}"
                ),
                format!("{{\"{name}\":{value}}} x"),
                format!("{{\"{name}\":{value}"),
            ] {
                agree(text.as_bytes());
            }
        }
        agree(value.as_bytes());
    }
    for broken in [
        b"{\"x\":\"\xff\"}".as_slice(),
        b"{\"model\":\"\xff\"}",
        b"{\"\xff\":1}",
        b"{\"x\":{\"\xff\":1}}",
    ] {
        agree(broken);
    }
}

#[test]
fn what_is_read_is_unicode_and_a_number_that_a_double_holds() {
    let refused: [&[u8]; 9] = [
        b"{\"model\":\"\xff\"}",
        b"{\"usage\":\"\xff\"}",
        b"{\"\xff\":1}",
        b"{\"usage\":{\"\xff\":1}}",
        br#"{"model":"\ud800"}"#,
        br#"{"\ud800":1}"#,
        b"{\"usage\":{\"prompt_tokens\":1e309}}",
        b"{\"model\":\"m\"}\0",
        b"\0",
    ];
    for text in refused {
        let is_refused = matches!(parse_json(text), Err(ParseError::NotJson { .. }));
        assert!(is_refused, "{}", String::from_utf8_lossy(text));
    }
    // Nobody reads a message: what it says is nobody's business here.
    let passed: [&[u8]; 3] = [
        b"{\"x\":\"\xff\",\"model\":\"m\"}",
        br#"{"x":"\ud800","model":"m"}"#,
        b"{\"x\":1e309,\"model\":\"m\"}",
    ];
    for text in passed {
        assert!(agree(text), "{}", String::from_utf8_lossy(text));
    }
}

/// A quote, a backslash or a control character at every place of a text, short or long, and every alignment.
#[test]
fn the_end_of_a_text_is_found_wherever_it_is() {
    for length in 0..140_usize {
        for end in [
            "\"", "\\\"", "\\n", "\u{1}", "\u{1f}", "\u{80}", "!", "\u{7f}",
        ] {
            for at in [0, length / 2, length] {
                let mut inner = "a".repeat(length);
                inner.insert_str(at, end);
                agree(format!("{{\"model\":\"{inner}\",\"id\":\"x\"}}").as_bytes());
                agree(format!("{{\"x\":\"{inner}\",\"id\":\"x\"}}").as_bytes());
            }
        }
    }
}

#[test]
fn nothing_nests_too_deep_to_be_passed_over() {
    for depth in [1, 63, 64, 65, 127, 128, 129, 1000, 100_000] {
        let (open, close) = ("[{\"a\":".repeat(depth), "}]".repeat(depth));
        let text = format!("{{\"x\":{open}1{close},\"model\":\"m\"}}");
        assert!(agree(text.as_bytes()), "{depth} deep");
        let wrong = format!(
            "{{\"x\":{open}1{}]}},\"model\":\"m\"}}",
            "}]".repeat(depth - 1)
        );
        assert!(
            !agree(wrong.as_bytes()),
            "{depth} deep, closed in the wrong order"
        );
    }
}

#[test]
fn a_list_without_end_is_refused_before_it_fills_the_memory() {
    let text = |items: usize| format!("{{\"choices\":[{}{{}}]}}", "{},".repeat(items - 1));
    assert!(parse_json(text(MAX_RESPONSE_NODES - 1).as_bytes()).is_ok());
    let endless = text(MAX_RESPONSE_NODES + 1);
    assert_eq!(
        parse_json(endless.as_bytes()),
        Err(ParseError::TooManyValues)
    );
}

fn json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        "[a-z_]{0,12}",
        Just("usage".to_owned()),
        Just("choices".to_owned()),
        Just("model".to_owned()),
        Just("prompt_tokens".to_owned()),
        any::<String>()
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    let inner = leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map(
        prop_oneof![
            "[a-z_]{0,9}",
            Just("usage".to_owned()),
            Just("choices".to_owned())
        ],
        inner,
        0..6,
    )
    .prop_map(|map| Value::Object(map.into_iter().collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_object_is_read_as_serde_json_reads_it(value in json()) {
        assert!(agree(value.to_string().as_bytes()));
        assert!(agree(serde_json::to_string_pretty(&value).unwrap().as_bytes()));
    }
}
