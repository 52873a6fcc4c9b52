//! What is shown of an event but never summed, as JSON, written without building it first.

use super::Priced;
use bearlumen_core::event::DimensionValue;
use bearlumen_core::quantity::Quantity;
use bearlumen_core::usage::Usage;
use std::fmt::Write as _;

/// Writes the object into `out`, which is emptied before; leaves it empty when there is nothing to show.
pub(crate) fn write_detail(priced: &Priced, out: &mut String) {
    out.clear();
    let event = &priced.event;
    if !event.usage.is_empty() {
        member(out, "usage");
        write_usage(out, &event.usage);
    }
    // What a bare quantity was taken to be.
    if let Some(split) = priced.split() {
        member(out, "split");
        write_usage(out, &split);
    }
    // What each bucket cost, in nano-dollars.
    if !priced.cost.lines.is_empty() {
        member(out, "amounts");
        let lines = &priced.cost.lines;
        let first_of_its_bucket = lines.iter().enumerate().filter(|(position, line)| {
            let before = lines.iter().take(*position);
            !before.into_iter().any(|other| other.bucket == line.bucket)
        });
        write_map(out, first_of_its_bucket, |out, (_, line)| {
            push_text(out, line.bucket.id());
            out.push(':');
            push_number(out, priced.amount_of(&line.bucket));
        });
    }
    if !event.modifiers.is_empty() {
        member(out, "modifiers");
        write_map(out, event.modifiers.iter(), |out, (name, value)| {
            push_text(out, name);
            out.push(':');
            push_text(out, value);
        });
    }
    if !event.dimensions.is_empty() {
        member(out, "dimensions");
        write_map(out, event.dimensions.iter(), |out, (name, value)| {
            push_text(out, name);
            out.push(':');
            match value {
                DimensionValue::Text(text) => push_text(out, text),
                DimensionValue::Number(number) => {
                    out.push_str(&serde_json::Value::from(*number).to_string());
                }
            }
        });
    }
    if let Some(metadata) = &event.metadata {
        member(out, "metadata");
        out.push_str(metadata);
    }
    if event.incomplete {
        member(out, "incomplete");
        out.push_str("true");
    }
    if !event.warnings.is_empty() {
        member(out, "warnings");
        out.push_str(&serde_json::to_string(&event.warnings).unwrap_or_default());
    }
    if !out.is_empty() {
        out.push('}');
    }
}

/// Begins a member of the outermost object.
fn member(out: &mut String, name: &str) {
    out.push(if out.is_empty() { '{' } else { ',' });
    out.push('"');
    out.push_str(name);
    out.push_str("\":");
}

fn write_usage(out: &mut String, usage: &Usage) {
    write_map(out, usage.iter(), |out, (bucket, quantity)| {
        push_text(out, bucket.id());
        out.push(':');
        write_quantity(out, *quantity);
    });
}

fn write_quantity(out: &mut String, quantity: Quantity) {
    let (whole, micros) = quantity.split();
    if micros == 0 {
        push_number(out, whole);
    } else {
        // Writing to a String cannot fail.
        let _ = write!(out, "{quantity}");
    }
}

fn write_map<T>(
    out: &mut String,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push('{');
    for (position, item) in items.enumerate() {
        if position > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push('}');
}

/// A JSON string of a text that is known to need no escape.
pub(super) fn push_plain(out: &mut String, text: &str) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// A JSON string. Most texts need no escape.
pub(super) fn push_text(out: &mut String, text: &str) {
    if text
        .bytes()
        .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
    {
        push_plain(out, text);
    } else {
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    }
}

/// Appends a number. A row has two dozen of them, and the standard library's way takes longer than the rest of it.
pub(crate) fn push_number(out: &mut String, number: impl itoa::Integer) {
    out.push_str(itoa::Buffer::new().format(number));
}
