//! `TZif`, the compiled form of a time zone (RFC 9636), read and written as far as shortening one takes.

/// Big-endian counts behind the magic number: UT indicators, standard indicators, leap seconds, times, types, characters.
type Counts = [usize; 6];

const HEADER: usize = 44;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn header(&mut self) -> Option<Counts> {
        let header = self.take(HEADER)?.strip_prefix(b"TZif")?;
        let mut counts = [0; 6];
        let (numbers, _) = header.get(16..)?.as_chunks::<4>();
        for (count, bytes) in counts.iter_mut().zip(numbers) {
            *count = usize::try_from(u32::from_be_bytes(*bytes)).ok()?;
        }
        Some(counts)
    }
}

/// The zone from `from_s` on, in seconds since 1970. Before that it has the offset of then.
pub(crate) fn since(full: &[u8], from_s: i64) -> Option<Vec<u8>> {
    let mut reader = Reader(full);
    // The first block has times of 32 bits and is for readers of version 1.
    let [ut, standard, leap, times, types, characters] = reader.header()?;
    reader.take(times * 5 + types * 6 + characters + leap * 8 + standard + ut)?;
    let [ut, standard, leap, times, types, characters] = reader.header()?;
    let (instants, _) = reader.take(times * 8)?.as_chunks::<8>();
    let indexes = reader.take(times)?;
    let (types, _) = reader.take(types * 6)?.as_chunks::<6>();
    let names = reader.take(characters)?;
    reader.take(leap * 12 + standard + ut)?;
    let rule = reader.0;

    let all = instants
        .iter()
        .map(|bytes| i64::from_be_bytes(*bytes))
        .zip(indexes);
    let (former, kept): (Vec<_>, Vec<_>) = all.partition(|(at, _)| *at < from_s);
    // The first type holds until the first time.
    let first = former.last().map_or(0, |(_, index)| **index);
    let mut used = vec![first];
    for (_, index) in &kept {
        if !used.contains(index) {
            used.push(**index);
        }
    }
    let mut short_types = Vec::new();
    let mut short_names: Vec<u8> = Vec::new();
    for index in &used {
        let [o1, o2, o3, o4, is_summer, name] = types.get(usize::from(*index))?;
        let name = names.get(usize::from(*name)..)?;
        let end = name.iter().position(|byte| *byte == 0)?;
        let name = name.get(..=end)?;
        let place = short_names
            .windows(name.len())
            .position(|known| known == name);
        let place = place.unwrap_or_else(|| {
            short_names.extend(name);
            short_names.len() - name.len()
        });
        short_types.extend([*o1, *o2, *o3, *o4, *is_summer, u8::try_from(place).ok()?]);
    }

    let mut short = header([0, 0, 0, 0, 1, 1])?;
    short.extend([0; 7]);
    short.extend(header([
        0,
        0,
        0,
        kept.len(),
        used.len(),
        short_names.len(),
    ])?);
    for (at, _) in &kept {
        short.extend(at.to_be_bytes());
    }
    for (_, index) in &kept {
        let place = used.iter().position(|known| known == *index)?;
        short.push(u8::try_from(place).ok()?);
    }
    short.extend(short_types);
    short.extend(short_names);
    short.extend(rule);
    Some(short)
}

fn header(counts: Counts) -> Option<Vec<u8>> {
    let mut header = b"TZif2".to_vec();
    header.extend([0; 15]);
    for count in counts {
        header.extend(u32::try_from(count).ok()?.to_be_bytes());
    }
    Some(header)
}
