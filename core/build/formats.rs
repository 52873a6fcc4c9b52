//! `catalog/formats/*.toml`: how each response format is recognised and read.

use crate::buckets::Buckets;
use crate::paths::{PathTo, emit_list, emit_option};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    default_provider: String,
    detect: Detect,
    read: Read,
    #[serde(default)]
    modifiers: BTreeMap<String, String>,
    bucket: Vec<Reading>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Detect {
    exists: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    equals: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    model: Vec<String>,
    #[serde(default)]
    response_id: Vec<String>,
    stated_total: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reading {
    id: String,
    path: Vec<String>,
    #[serde(default)]
    inside: Vec<String>,
    #[serde(default)]
    required: bool,
    remainder_as: Option<String>,
    remainder_warning: Option<String>,
}

pub(crate) struct Formats {
    ids: Vec<(String, String)>,
    paths: Vec<PathTo>,
    text: String,
}

pub(crate) fn load(folder: &Path, buckets: &Buckets) -> Result<Formats, String> {
    let mut all = Formats {
        ids: Vec::new(),
        paths: Vec::new(),
        text: String::new(),
    };
    let mut entries = String::new();
    let mut count = 0;
    for path in crate::files(folder)? {
        let file: File = crate::read(&path)?;
        let entry = all
            .compile(&file, buckets)
            .map_err(|e| format!("{}: {e}", path.display()))?;
        let _ = writeln!(entries, "    {entry},");
        all.ids.push((file.id, file.default_provider));
        count += 1;
    }
    all.text = format!("pub(crate) static FORMATS: [Format; {count}] = [\n{entries}];\n");
    Ok(all)
}

impl Formats {
    pub(crate) fn paths(&self) -> impl Iterator<Item = &PathTo> {
        self.paths.iter()
    }

    /// Each format's id and the provider it is taken for when nothing tells more.
    pub(crate) fn ids(&self) -> &[(String, String)] {
        &self.ids
    }

    pub(crate) fn emit(&self) -> String {
        self.text.clone()
    }

    fn path(&mut self, text: &str) -> Result<PathTo, String> {
        let path = PathTo::parse(text)?;
        self.paths.push(path.clone());
        Ok(path)
    }

    fn path_list(&mut self, texts: &[String]) -> Result<Vec<PathTo>, String> {
        texts.iter().map(|text| self.path(text)).collect()
    }

    fn compile(&mut self, file: &File, buckets: &Buckets) -> Result<String, String> {
        let exists = self.path_list(&file.detect.exists)?;
        let absent = self.path_list(&file.detect.absent)?;
        let mut equals = String::from("&[");
        for (text, values) in &file.detect.equals {
            let path = self.path(text)?;
            let _ = write!(equals, "({}, &{values:?}), ", path.emit());
        }
        equals.push(']');
        let model = self.path_list(&file.read.model)?;
        let response_id = self.path_list(&file.read.response_id)?;
        let stated_total = file
            .read
            .stated_total
            .as_deref()
            .map(|p| self.path(p))
            .transpose()?;
        let mut modifiers = String::from("&[");
        for (name, text) in &file.modifiers {
            let path = self.path(text)?;
            let _ = write!(modifiers, "({name:?}, {}), ", path.emit());
        }
        modifiers.push(']');
        let mut readings = String::from("&[");
        let mut done: Vec<usize> = Vec::new();
        for reading in &file.bucket {
            readings.push_str(&self.reading(reading, buckets, &mut done)?);
        }
        readings.push(']');
        Ok(format!(
            "Format {{ id: {:?}, default_provider: {:?}, exists: {}, absent: {}, equals: {equals}, model: {}, \
             response_id: {}, stated_total: {}, modifiers: {modifiers}, readings: {readings} }}",
            file.id,
            file.default_provider,
            emit_list(&exists),
            emit_list(&absent),
            emit_list(&model),
            emit_list(&response_id),
            emit_option(stated_total.as_ref()),
        ))
    }

    fn reading(
        &mut self,
        reading: &Reading,
        buckets: &Buckets,
        done: &mut Vec<usize>,
    ) -> Result<String, String> {
        let bucket = buckets.index(&reading.id)?;
        let paths = self.path_list(&reading.path)?;
        let mut inside = Vec::new();
        for parent in &reading.inside {
            let parent = buckets.index(parent)?;
            if done.contains(&parent) {
                return Err(format!(
                    "{}: a bucket must stand above those it is inside of",
                    reading.id
                ));
            }
            inside.push(parent);
        }
        done.push(bucket);
        let remainder = match (&reading.remainder_as, &reading.remainder_warning) {
            (Some(other), Some(warning)) => {
                let index = buckets.index(other)?;
                format!("Some(Remainder {{ bucket: {index}, warning: {warning:?} }})")
            }
            (None, None) => "None".to_owned(),
            _ => {
                return Err(format!(
                    "{}: remainder_as and remainder_warning go together",
                    reading.id
                ));
            }
        };
        Ok(format!(
            "Reading {{ bucket: {bucket}, paths: {}, inside: &{inside:?}, required: {}, remainder: {remainder} }}, ",
            emit_list(&paths),
            reading.required
        ))
    }
}
