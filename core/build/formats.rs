//! `catalog/formats/*.toml`: how each response format is recognised and read.

mod file;
mod names;

use crate::buckets::Buckets;
use crate::paths::{Emitter, PathTo};
use file::{File, Reading};
use names::{must, one_of, signs};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

pub(crate) struct Formats {
    files: Vec<File>,
}

pub(crate) fn load(folder: &Path, buckets: &Buckets) -> Result<Formats, String> {
    let mut files: Vec<(File, String)> = Vec::new();
    for path in crate::files(folder)? {
        files.push((crate::read(&path)?, path.display().to_string()));
    }
    files.sort_by_key(|(file, _)| file.order);
    for (file, name) in &files {
        check(file, buckets).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(Formats {
        files: files.into_iter().map(|(file, _)| file).collect(),
    })
}

fn check(file: &File, buckets: &Buckets) -> Result<(), String> {
    let mut done = Vec::new();
    for reading in &file.bucket {
        buckets.index(&reading.id)?;
        for parent in &reading.inside {
            buckets.index(parent)?;
            if done.contains(&parent) {
                return Err(format!(
                    "{}: a bucket stands above those it is inside of",
                    reading.id
                ));
            }
        }
        if reading.remainder_as.is_some() != reading.remainder_warning.is_some() {
            return Err(format!(
                "{}: remainder_as and remainder_warning go together",
                reading.id
            ));
        }
        done.push(&reading.id);
    }
    Ok(())
}

impl Formats {
    /// Each format's id and the provider it is taken for when nothing tells more.
    pub(crate) fn ids(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|file| (file.id.as_str(), file.default_provider.as_str()))
    }

    /// Whether the format's usage stands in the response's field of that name.
    pub(crate) fn root_is_usage(&self, id: &str) -> bool {
        self.files
            .iter()
            .any(|file| file.id == id && file.root.first().is_some_and(|root| root == "/usage"))
    }

    /// Every path, with the envelopes it may stand in, from the response on.
    pub(crate) fn paths(&self) -> Result<Vec<(PathTo, PathTo)>, String> {
        let mut all = Vec::new();
        for file in &self.files {
            let envelopes = PathTo::parse_all(&envelopes(file))?;
            let roots = PathTo::parse_all(&roots(file))?;
            for path in texts(file) {
                let path = PathTo::parse(&path)?;
                for envelope in &envelopes {
                    all.extend(
                        roots
                            .iter()
                            .map(|root| (envelope.clone(), path.below(root))),
                    );
                }
            }
            if let Some(parts) = &file.parts {
                for each in parts.each.as_slice() {
                    let place =
                        PathTo::parse(format!("{each}.{}", parts.root).trim_end_matches('.'))?;
                    let model = PathTo::parse(&format!("{each}.{}", parts.model))?;
                    for envelope in &envelopes {
                        all.push((envelope.clone(), model.clone()));
                        for reading in file.bucket.iter().flat_map(|reading| &reading.path) {
                            all.push((envelope.clone(), PathTo::parse(reading)?.below(&place)));
                        }
                    }
                }
            }
            for extra in &file.extra {
                let usage = PathTo::parse(&extra.usage)?;
                let counts = self.files.iter().filter(|other| other.id == extra.format);
                let counts = counts.flat_map(|other| &other.bucket);
                for envelope in &envelopes {
                    for model in &extra.model {
                        all.push((envelope.clone(), PathTo::parse(model)?));
                    }
                    for path in counts.clone().flat_map(|reading| &reading.path) {
                        all.push((envelope.clone(), PathTo::parse(path)?.below(&usage)));
                    }
                }
            }
            for path in file.stream.patch.keys().chain(&file.stream.patch_exists) {
                all.push((PathTo::parse("/")?, PathTo::parse(path)?));
            }
        }
        Ok(all)
    }

    /// The objects that may hold a response of the format.
    pub(crate) fn envelopes(&self, id: &str) -> Result<Vec<PathTo>, String> {
        let all: Vec<String> = self
            .files
            .iter()
            .filter(|file| file.id == id)
            .flat_map(envelopes)
            .collect();
        PathTo::parse_all(&all)
    }

    /// The names by which formats are recognised.
    pub(crate) fn signs(&self) -> Result<BTreeSet<String>, String> {
        let mut all = BTreeSet::new();
        for file in &self.files {
            all.extend(signs(file)?);
        }
        Ok(all)
    }

    /// The names of the headers that are read.
    pub(crate) fn headers(&self) -> Vec<String> {
        self.files
            .iter()
            .flat_map(texts)
            .filter_map(|text| text.strip_prefix('@').map(str::to_owned))
            .collect()
    }

    pub(crate) fn emit(&self, emitter: &Emitter<'_>, buckets: &Buckets) -> Result<String, String> {
        let mut out = format!(
            "pub(crate) static FORMATS: [Format; {}] = [\n",
            self.files.len()
        );
        for (index, file) in self.files.iter().enumerate() {
            let _ = writeln!(
                out,
                "    {},",
                emit(index, file, &self.files, emitter, buckets)?
            );
        }
        out.push_str("];\n");
        out.push_str(&self.emit_suspects(emitter)?);
        Ok(out)
    }

    /// The formats that a name makes possible, a bit each, and those that are always possible.
    fn emit_suspects(&self, emitter: &Emitter<'_>) -> Result<String, String> {
        if self.files.len() > 64 {
            return Err("formats: more than the 64 that the bits of a word tell apart".into());
        }
        let mut by_key = [0_u64; 256];
        let mut always = 0_u64;
        for (index, file) in self.files.iter().enumerate() {
            let numbers: Option<Vec<usize>> = one_of(file)?.map(|names| {
                let number = |name: &String| usize::from((emitter.0)(name));
                names.iter().map(number).collect()
            });
            match numbers {
                Some(keys) if keys.iter().all(|key| *key < by_key.len()) => {
                    for key in keys {
                        by_key[key] |= 1 << index;
                    }
                }
                _ => always |= 1 << index,
            }
        }
        Ok(format!(
            "pub(crate) static SUSPECTS: [u64; 256] = {by_key:?};\npub(crate) const ALWAYS_SUSPECT: u64 = {always};\n"
        ))
    }
}

fn envelopes(file: &File) -> Vec<String> {
    if file.envelope.is_empty() {
        vec!["/".to_owned()]
    } else {
        file.envelope.clone()
    }
}

fn roots(file: &File) -> Vec<String> {
    if file.root.is_empty() {
        vec!["/".to_owned()]
    } else {
        file.root.clone()
    }
}

/// Every path of a file but those of its parts.
fn texts(file: &File) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for detect in file.detect.as_slice() {
        for list in [&detect.exists, &detect.any, &detect.absent] {
            texts.extend(list.iter().cloned());
        }
        texts.extend(detect.equals.keys().cloned());
    }
    for list in [
        &file.read.model,
        &file.read.provider,
        &file.read.stated_total,
        &file.stream.complete,
        &file.stream.closes,
        &file.stream.opens,
    ] {
        texts.extend(list.iter().cloned());
    }
    texts.extend(file.stream.complete_equals.keys().cloned());
    texts.extend(file.stream.adds.keys().cloned());
    texts.extend(file.stream.partial.keys().cloned());
    texts.extend(file.modifiers.values().cloned());
    texts.extend(
        file.bucket
            .iter()
            .flat_map(|reading| reading.path.iter().cloned()),
    );
    texts.extend(
        file.bucket
            .iter()
            .flat_map(|reading| [reading.times.clone(), reading.unless.clone()])
            .flatten(),
    );
    for one in &file.uncounted {
        texts.push(one.exists.clone());
        texts.extend(one.unless.iter().cloned());
    }
    for one in &file.reported {
        texts.push(one.path.clone());
        let more = [&one.plus, &one.plus_where, &one.free_where];
        texts.extend(more.into_iter().flatten().cloned());
    }
    texts
}

fn emit(
    index: usize,
    file: &File,
    all: &[File],
    emitter: &Emitter<'_>,
    buckets: &Buckets,
) -> Result<String, String> {
    let list = |texts: &[String]| PathTo::parse_all(texts).map(|paths| emitter.list(&paths));
    let equals = |map: &BTreeMap<String, Vec<String>>| -> Result<String, String> {
        let mut out = String::from("&[");
        for (text, values) in map {
            let _ = write!(
                out,
                "({}, &{values:?}), ",
                emitter.path(&PathTo::parse(text)?)
            );
        }
        out.push(']');
        Ok(out)
    };
    let mut detects = String::from("&[");
    for detect in file.detect.as_slice() {
        let _ = write!(
            detects,
            "Detect {{ exists: {}, any: {}, absent: {}, equals: {} }}, ",
            list(&detect.exists)?,
            list(&detect.any)?,
            list(&detect.absent)?,
            equals(&detect.equals)?
        );
    }
    detects.push(']');
    let mut modifiers = String::from("&[");
    for (name, text) in &file.modifiers {
        let _ = write!(
            modifiers,
            "({name:?}, {}), ",
            emitter.path(&PathTo::parse(text)?)
        );
    }
    modifiers.push(']');
    let mut reported = String::from("&[");
    for entry in &file.reported {
        let optional = |text: &Option<String>| -> Result<String, String> {
            let path = text.as_deref().map(PathTo::parse).transpose()?;
            Ok(emitter.option(path.as_ref()))
        };
        let _ = write!(
            reported,
            "Reported {{ path: {}, scale: {}, plus: {}, plus_where: {}, free_where: {} }}, ",
            emitter.path(&PathTo::parse(&entry.path)?),
            entry.scale,
            optional(&entry.plus)?,
            optional(&entry.plus_where)?,
            optional(&entry.free_where)?
        );
    }
    reported.push(']');
    let mut readings = String::from("&[");
    for reading in &file.bucket {
        readings.push_str(&emit_reading(reading, emitter, buckets)?);
    }
    readings.push(']');
    let parts = match &file.parts {
        None => "None".to_owned(),
        Some(parts) => format!(
            "Some(Parts {{ each: {}, root: {}, model: {} }})",
            list(parts.each.as_slice())?,
            emitter.path(&PathTo::parse(&parts.root)?),
            emitter.path(&PathTo::parse(&parts.model)?)
        ),
    };
    let (extras, uncounted) = emit_beside(file, all, emitter)?;
    let stream = format!(
        "Stream {{ complete: {}, complete_equals: {}, patch: {}, patch_exists: {}, adds: {}, closes: {}, opens: {}, partial: {}, weak: {}, beside: {}, joined: {} }}",
        list(&file.stream.complete)?,
        equals(&file.stream.complete_equals)?,
        equals(&file.stream.patch)?,
        list(&file.stream.patch_exists)?,
        equals(&file.stream.adds)?,
        list(&file.stream.closes)?,
        list(&file.stream.opens)?,
        equals(&file.stream.partial)?,
        file.stream.weak,
        file.stream.beside,
        file.stream.joined
    );
    Ok(format!(
        "Format {{ index: {index}, id: {:?}, default_provider: {:?}, envelopes: {}, roots: {}, must: Keys({:?}), detects: {detects}, model: {}, provider: {}, stated_total: {}, hidden_output: &{:?}, modifiers: {modifiers}, \
         readings: {readings}, reported: {reported}, parts: {parts}, extras: {extras}, uncounted: {uncounted}, stream: {stream} }}",
        file.id,
        file.default_provider,
        list(&envelopes(file))?,
        list(&roots(file))?,
        must(file, emitter)?,
        list(&file.read.model)?,
        list(&file.read.provider)?,
        list(&file.read.stated_total)?,
        file.read.hidden_output,
    ))
}

/// What a response says beside its usage: what other models used, and what nobody counted.
fn emit_beside(
    file: &File,
    all: &[File],
    emitter: &Emitter<'_>,
) -> Result<(String, String), String> {
    let mut extras = String::from("&[");
    for extra in &file.extra {
        let format = all
            .iter()
            .position(|other| other.id == extra.format)
            .ok_or_else(|| format!("{}: no format {:?}", file.id, extra.format))?;
        let _ = write!(
            extras,
            "Extra {{ usage: {}, format: {format}, model: {}, what: {:?} }}, ",
            emitter.path(&PathTo::parse(&extra.usage)?),
            emitter.list(&PathTo::parse_all(&extra.model)?),
            extra.what
        );
    }
    extras.push(']');
    let mut uncounted = String::from("&[");
    for one in &file.uncounted {
        let _ = write!(
            uncounted,
            "Uncounted {{ exists: {}, unless: {}, only_for: &{:?}, code: {:?}, message: {:?} }}, ",
            emitter.path(&PathTo::parse(&one.exists)?),
            emitter.list(&PathTo::parse_all(&one.unless)?),
            one.only_for,
            one.code,
            one.message
        );
    }
    uncounted.push(']');
    Ok((extras, uncounted))
}

fn emit_reading(
    reading: &Reading,
    emitter: &Emitter<'_>,
    buckets: &Buckets,
) -> Result<String, String> {
    let inside = reading
        .inside
        .iter()
        .map(|parent| buckets.index(parent))
        .collect::<Result<Vec<_>, _>>()?;
    let remainder = match (&reading.remainder_as, &reading.remainder_warning) {
        (Some(other), Some(warning)) => {
            format!(
                "Some(Remainder {{ bucket: {}, warning: {warning:?} }})",
                buckets.index(other)?
            )
        }
        _ => "None".to_owned(),
    };
    let optional = |text: &Option<String>| -> Result<String, String> {
        let path = text.as_deref().map(PathTo::parse).transpose()?;
        Ok(emitter.option(path.as_ref()))
    };
    Ok(format!(
        "Reading {{ bucket: {}, paths: {}, inside: &{inside:?}, beside_for: &{:?}, only_for: &{:?}, \
         outside_total_for: &{:?}, overlaps_for: &{:?}, required: {}, written_as: WrittenAs::{:?}, \
         expected: {}, highest: {}, count: {}, times: {}, unless: {}, remainder: {remainder} }}, ",
        buckets.index(&reading.id)?,
        emitter.list(&PathTo::parse_all(&reading.path)?),
        reading.beside_for,
        reading.only_for,
        reading.outside_total_for,
        reading.overlaps_for,
        reading.required,
        reading.written_as,
        reading.expected,
        reading.highest,
        reading.count.map_or_else(
            || "None".to_owned(),
            |count| format!("Some(Count::{count:?})")
        ),
        optional(&reading.times)?,
        optional(&reading.unless)?,
    ))
}
