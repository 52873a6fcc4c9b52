//! A stream folds into what the whole response would have said.
//!
//! Chunks come as tapes (objects of an SDK) or as text (SSE, NDJSON, a JSON list, AWS event frames). Each format
//! says in data how it streams: mostly the last chunk with usage wins whole; Anthropic's later events restate
//! some counts of the first. What is kept does not grow with the stream, but with the calls in it where it is of
//! several.

mod frames;
mod text;

pub use text::StreamText;

use crate::provider::{
    DetectError, ExtractError, Extraction, Format, Hints, Known, Mark, Uncounted, extract_view,
    find_bare_partial, find_format, find_view, highest_counts, meets, strongest_mark, unwrapped,
};
use crate::response::{At, From, Path, Tape, View};
use crate::usage::{NOT_COUNTED, Usage, Warning, contradiction};
use std::ptr;

/// Whether an HTTP body of this content type is a stream of chunks, to be read as [`StreamText`].
pub fn is_stream_type(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    [
        "text/event-stream",
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/stream+json",
        "application/vnd.amazon.eventstream",
    ]
    .iter()
    .any(|known| essence.eq_ignore_ascii_case(known))
}

/// The state of a fold.
#[derive(Debug, Default)]
pub struct StreamFold {
    /// The latest response object with usage.
    best: Option<Kept>,
    /// Those before it whose usage stands beside.
    earlier: Vec<Kept>,
    /// The latest chunk of a known format without usage: who and which model, should the stream break off.
    partial: Option<Kept>,
    /// The highest counts so far, of those that a later chunk may state as less.
    highest: Usage,
    /// What chunks before the last said was used and not counted.
    uncounted: Vec<&'static Uncounted>,
    complete: bool,
    cut_short: bool,
    /// How many chunks stated use beside what is kept, by a model that they do not name.
    beside: u64,
    /// Some chunk stated a field twice and differently.
    contradicted: bool,
    unreadable: u64,
    headers: Vec<(String, String)>,
}

#[derive(Debug)]
struct Kept {
    format: &'static Format,
    tape: Tape<'static>,
    mark: Option<Mark>,
    /// Its usage is one of several that add up.
    is_addend: bool,
    /// What comes now counts beside it.
    is_closed: bool,
}

impl Kept {
    /// Whether what comes next counts beside it.
    fn stands_beside(&self) -> bool {
        self.is_addend || self.is_closed
    }
}

/// More calls than any stream is of; what counts beside these is told to be unread.
const MOST_ADDENDS: usize = 10_000;

/// What a chunk taught a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lesson {
    /// Nothing of what is kept: until a chunk teaches something, others with the same fields and texts need not be
    /// handed in.
    Nothing,
    /// Something that others with the same fields and texts replace.
    Restated,
    /// Something that adds to what was said, as another chunk like it does.
    Added,
}

/// What a stream said.
#[derive(Debug, Clone)]
pub struct Folded {
    /// As of a whole response.
    pub extraction: Extraction,
    /// The stream ended early: what is known is not all.
    pub incomplete: bool,
}

impl StreamFold {
    /// A fold that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next chunk.
    pub fn feed(&mut self, chunk: &Tape<'_>) {
        self.learn(chunk);
    }

    /// Takes the next chunk, and says what it taught.
    pub fn learn(&mut self, chunk: &Tape<'_>) -> Lesson {
        let lesson = self.learn_usage(chunk);
        if self.turn(chunk) {
            return Lesson::Added;
        }
        if self.note_uncounted(chunk) {
            return Lesson::Restated;
        }
        lesson
    }

    /// Of a session of several calls: notes that one is over or another begins. True when the chunk says either.
    fn turn(&mut self, chunk: &Tape<'_>) -> bool {
        let Some(best) = &mut self.best else {
            return false;
        };
        let whole = View::new(chunk, At::ROOT, At::ROOT);
        let stream = &best.format.stream;
        let says = |paths: &[Path]| paths.iter().any(|path| whole.says(path));
        let (is_over, begins) = (says(stream.closes), says(stream.opens));
        best.is_closed |= is_over;
        self.complete &= !begins || is_over;
        is_over || begins
    }

    /// Remembers what a chunk says was used and not counted: the last one, which is kept, may not say it again.
    fn note_uncounted(&mut self, chunk: &Tape<'_>) -> bool {
        let Some(known) = self.best.as_ref().or(self.partial.as_ref()) else {
            return false;
        };
        let whole = View::new(chunk, At::ROOT, At::ROOT);
        let before = self.uncounted.len();
        for one in known.format.uncounted {
            let is_new = !self.uncounted.iter().any(|noted| ptr::eq(*noted, one));
            if is_new && one.exists.from == From::Response && whole.exists(&one.exists) {
                self.uncounted.push(one);
            }
        }
        self.uncounted.len() > before
    }

    fn learn_usage(&mut self, chunk: &Tape<'_>) -> Lesson {
        if self.patch(chunk) {
            return Lesson::Restated;
        }
        match find_format(chunk) {
            Some(Known {
                format,
                view,
                wrapper: None,
            }) => return self.keep_usage(format, &view, chunk),
            // What says that the stream is over stands beside the usage, inside the wrapper.
            Some(_) => {
                return unwrapped(chunk).map_or(Lesson::Nothing, |inner| self.learn(&inner));
            }
            None => {}
        }
        let was_complete = self.complete;
        if let Some(best) = &self.best {
            let whole = View::new(chunk, At::ROOT, At::ROOT);
            self.complete |= is_complete(best.format, &whole);
        }
        if let Some((format, view)) = find_bare_partial(chunk) {
            self.keep_partial(format, &view, chunk);
            return Lesson::Restated;
        }
        if let Some(inner) = unwrapped(chunk) {
            return self.learn(&inner);
        }
        if self.complete == was_complete {
            Lesson::Nothing
        } else {
            Lesson::Restated
        }
    }

    fn keep_usage(
        &mut self,
        format: &'static Format,
        view: &View<'_, '_>,
        chunk: &Tape<'_>,
    ) -> Lesson {
        let mark = strongest_mark(format, view);
        self.complete |= is_complete(format, view);
        let is_addend = !format.stream.adds.is_empty() && meets(view, format.stream.adds);
        // What only counts beside the vendor's own events never replaces them.
        if format.stream.weak
            && self
                .best
                .as_ref()
                .is_some_and(|best| !best.format.stream.weak)
        {
            self.beside += u64::from(is_addend && format.stream.beside);
            // What is kept was stated before this, and will be again.
            self.complete &= !is_addend || format.stream.beside;
            return Lesson::Restated;
        }
        // Some servers end with a usage of zeros: it takes nothing back.
        if let Some(best) = &mut self.best
            && chunk.counts_nothing(view.usage())
        {
            best.mark = join(best.mark, mark);
            return Lesson::Restated;
        }
        let is_weaker =
            |best: &mut Kept| best.is_addend && best.format.stream.weak && !format.stream.weak;
        let replaced = self.best.take_if(is_weaker);
        let mark = join(replaced.as_ref().and_then(|weak| weak.mark), mark);
        if let Some(weak) = replaced {
            self.beside += u64::from(weak.format.stream.beside);
            self.earlier.clear();
        }
        if let Some(best) = self.best.as_mut().filter(|best| best.stands_beside()) {
            best.mark = join(best.mark, mark);
            if best.is_addend && !is_addend {
                // The sum of what is kept, said again.
                return Lesson::Restated;
            }
            if self.earlier.len() >= MOST_ADDENDS {
                self.unreadable += 1;
                return Lesson::Added;
            }
        }
        self.contradicted |= chunk.contradicts_itself(view.usage());
        for (bucket, stated) in highest_counts(view, format) {
            let more = stated.checked_sub(self.highest.of(&bucket));
            self.highest.add(bucket, more.unwrap_or_default());
        }
        let before = self.best.take();
        let mark = join(before.as_ref().and_then(|best| best.mark), mark);
        let mark = join(self.partial.as_ref().and_then(|partial| partial.mark), mark);
        let adds = before.as_ref().is_some_and(Kept::stands_beside) || is_addend;
        self.earlier.extend(before.filter(Kept::stands_beside));
        self.best = Some(Kept {
            format,
            tape: chunk.owned_from(view.response()),
            mark,
            is_addend,
            is_closed: false,
        });
        if adds {
            Lesson::Added
        } else {
            Lesson::Restated
        }
    }

    fn keep_partial(&mut self, format: &'static Format, view: &View<'_, '_>, chunk: &Tape<'_>) {
        // The end may come before the usage.
        self.complete |= is_complete(format, view);
        let mark = join(
            self.partial.as_ref().and_then(|partial| partial.mark),
            strongest_mark(format, view),
        );
        if let Some(best) = &mut self.best {
            best.mark = join(best.mark, mark);
        }
        let before = self.partial.take();
        let tape = match before {
            Some(before) if format.stream.joined && ptr::eq(before.format, format) => {
                before.tape.patched(chunk, view.response())
            }
            _ => chunk.owned_from(view.response()),
        };
        self.partial = Some(Kept {
            format,
            tape,
            mark,
            is_addend: false,
            is_closed: false,
        });
    }

    /// Adds the HTTP headers that came with the stream.
    pub fn add_headers<'h>(&mut self, headers: impl Iterator<Item = (&'h str, &'h str)>) {
        let owned = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.headers.extend(owned);
    }

    /// The stream was left before its last chunk. Formats that say themselves where they end need no telling.
    pub fn cut_short(&mut self) {
        self.cut_short = true;
    }

    /// The sender said that the stream is over: what usage it stated is all there is.
    pub(crate) fn nothing_follows(&mut self) {
        self.complete |= self.best.is_some();
    }

    /// Counts a chunk that could not be read.
    pub fn feed_unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// Lays an event that restates counts over what is kept. True when it was one.
    fn patch(&mut self, chunk: &Tape<'_>) -> bool {
        let Some(best) = &mut self.best else {
            return false;
        };
        let whole = View::new(chunk, At::ROOT, At::ROOT);
        let stream = &best.format.stream;
        let restates = (!stream.patch.is_empty() && meets(&whole, stream.patch))
            || stream.patch_exists.iter().any(|path| whole.exists(path));
        if !restates {
            return false;
        }
        self.contradicted |= chunk.contradicts_itself(At::ROOT);
        best.tape = best.tape.patched(chunk, At::ROOT);
        self.complete |= is_complete(best.format, &whole);
        true
    }

    /// What the stream said so far. Fails when no chunk was of a known format.
    pub fn finish(&self, hints: &Hints<'_>) -> Result<Folded, ExtractError> {
        let mut folded = match (&self.best, &self.partial) {
            (Some(best), _) => {
                let joined = self.joined(best);
                let tape = joined.as_ref().unwrap_or(&best.tape);
                let mut extraction = self.extract(best.format, tape, hints, best.mark)?;
                let earlier = self
                    .earlier
                    .iter()
                    .map(|kept| self.extract(kept.format, &kept.tape, hints, best.mark));
                extraction.add_earlier(earlier.collect());
                let missing = self.highest.without(&extraction.usage);
                if !missing.is_empty() {
                    extraction.usage.add_all(&missing);
                    let stated = extraction.totals.stated_total_tokens;
                    extraction.totals = extraction.usage.totals(stated);
                }
                Folded {
                    extraction,
                    incomplete: !self.complete || self.cut_short && !has_end(best.format),
                }
            }
            (None, Some(partial)) => {
                let tape = self.with_headers(&partial.tape);
                let view = View::new(&tape, At::ROOT, At::ROOT);
                let mut extraction =
                    Extraction::without_usage(partial.format, &view, hints, partial.mark);
                let message = "the stream ended before it stated its usage";
                extraction
                    .warnings
                    .push(Warning::new("stream_without_usage", message));
                Folded {
                    extraction,
                    incomplete: true,
                }
            }
            (None, None) => return Err(ExtractError::Detect(DetectError::UnknownFormat)),
        };
        if self.beside > 0 {
            let message =
                "beside what is counted, the stream states use by a model that it does not name";
            folded
                .extraction
                .warnings
                .push(Warning::new(NOT_COUNTED, message));
        }
        if self.contradicted {
            folded.extraction.warnings.push(contradiction());
        }
        if self.unreadable > 0 {
            let message = format!("{} chunks of the stream could not be read", self.unreadable);
            folded
                .extraction
                .warnings
                .push(Warning::new("unreadable_chunk", message));
        }
        if folded.incomplete && folded.extraction.usage != Usage::default() {
            let message = "the stream ended early; the counts are those stated until then";
            folded
                .extraction
                .warnings
                .push(Warning::new("stream_incomplete", message));
        }
        Ok(folded)
    }

    fn extract(
        &self,
        format: &'static Format,
        tape: &Tape<'static>,
        hints: &Hints<'_>,
        mark: Option<Mark>,
    ) -> Result<Extraction, ExtractError> {
        let tape = self.with_headers(tape);
        let view = find_view(&tape, format, |_| true)
            .ok_or(ExtractError::Detect(DetectError::UnknownFormat))?;
        let mut extraction = extract_view(format, &view, hints, mark)?;
        for one in &self.uncounted {
            let said = |warning: &Warning| warning.message == one.message;
            if one.is_said_of(&view, &extraction.detection.provider)
                && !extraction.warnings.iter().any(said)
            {
                extraction
                    .warnings
                    .push(Warning::new(one.code, one.message));
            }
        }
        Ok(extraction)
    }

    /// What the chunks with and without usage say together, where that is one.
    fn joined(&self, best: &Kept) -> Option<Tape<'static>> {
        let partial = self.partial.as_ref()?;
        let is_one = best.format.stream.joined && ptr::eq(partial.format, best.format);
        is_one.then(|| partial.tape.patched(&best.tape, At::ROOT))
    }

    fn with_headers<'a>(&'a self, kept: &'a Tape<'static>) -> Tape<'a> {
        let mut tape: Tape<'a> = kept.clone();
        if !self.headers.is_empty() {
            tape.add_headers(self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())));
        }
        tape
    }

    /// True when nothing of a known format was seen yet.
    pub fn is_empty(&self) -> bool {
        self.best.is_none() && self.partial.is_none()
    }
}

fn join(a: Option<Mark>, b: Option<Mark>) -> Option<Mark> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (a, b) => a.or(b),
    }
}

/// Whether the format has a sign that the stream is over.
fn has_end(format: &Format) -> bool {
    !format.stream.complete.is_empty() || !format.stream.complete_equals.is_empty()
}

/// Whether the chunk says that the stream is over, or the format has no such sign.
fn is_complete(format: &Format, view: &View<'_, '_>) -> bool {
    let stream = &format.stream;
    if !has_end(format) {
        return true;
    }
    let whole = View::new(view.tape, At::ROOT, view.usage());
    [*view, whole].iter().any(|view| {
        stream.complete.iter().any(|path| view.says(path))
            || stream
                .complete_equals
                .iter()
                .any(|(path, values)| view.text(path).is_some_and(|found| values.contains(&found)))
    })
}
