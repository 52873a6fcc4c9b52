//! Writes the vectors into the corpora, as what the targets begin with.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let vectors = root.join("../tests/vectors");
    for (name, vector) in read(&vectors.join("cost"))? {
        let input = &vector["input"];
        let mut seed = text_or_json(&input["text"], &input["response"]);
        let line = |name: &str| input[name].as_str().unwrap_or_default();
        let headers = input["headers"].as_object().into_iter().flatten();
        let headers: String = headers
            .map(|(n, v)| format!("\n{n}:{}", v.as_str().unwrap_or_default()))
            .collect();
        let hints = format!(
            "{}\n{}\n{}\n{headers}",
            line("url"),
            line("provider"),
            line("model")
        );
        if !hints.trim().is_empty() {
            seed.push('\0');
            seed.push_str(&hints);
        }
        write(&root, "response", &name, seed.as_bytes())?;
    }
    for (name, vector) in read(&vectors.join("streams"))? {
        let seed = match &vector["input"]["stream"] {
            Value::Array(chunks) => chunks
                .iter()
                .map(|chunk| format!("data: {chunk}\n\n"))
                .collect(),
            text => text.as_str().unwrap_or_default().to_owned(),
        };
        write(&root, "stream", &name, seed.as_bytes())?;
        if let Value::Array(chunks) = &vector["input"]["stream"] {
            let lines: String = chunks.iter().map(|chunk| format!("{chunk}\n")).collect();
            write(&root, "stream", &format!("{name}_lines"), lines.as_bytes())?;
            let frames: Vec<u8> = chunks
                .iter()
                .flat_map(|chunk| frame(chunk.to_string().as_bytes()))
                .collect();
            write(&root, "stream", &format!("{name}_frames"), &frames)?;
        }
    }
    for (name, vector) in read(&vectors.join("http"))? {
        let mut events = Vec::new();
        collect(&vector, &mut events);
        for (number, event) in events.iter().enumerate() {
            let name = format!("{name}_{number}");
            write(&root, "event", &name, event.to_string().as_bytes())?;
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Vec<(String, Value)>, Box<dyn std::error::Error>> {
    let mut vectors = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        vectors.push((
            name.into_owned(),
            serde_json::from_slice(&fs::read(&path)?)?,
        ));
    }
    Ok(vectors)
}

fn text_or_json(text: &Value, json: &Value) -> String {
    text.as_str()
        .map_or_else(|| json.to_string(), str::to_owned)
}

fn write(root: &Path, target: &str, name: &str, seed: &[u8]) -> std::io::Result<()> {
    let folder = root.join("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), seed)
}

/// One AWS event-stream frame without headers.
fn frame(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len() + 16).unwrap_or_default();
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend_from_slice(&[0; 8]);
    frame.extend_from_slice(payload);
    frame.extend_from_slice(&[0; 4]);
    frame
}

/// Every object that looks like an event, wherever it stands.
fn collect<'a>(value: &'a Value, events: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            let is_event = ["quantity", "eventType", "event_type", "usage"];
            if is_event.iter().any(|name| fields.contains_key(*name)) {
                events.push(value);
            }
            fields.values().for_each(|value| collect(value, events));
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, events)),
        _ => {}
    }
}
