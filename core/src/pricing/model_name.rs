//! How vendors decorate model names.

/// `name` without the date or `latest` that marks a snapshot, if it carries one:
/// `-2024-08-06`, `-20250514`, `@20250514`, `-latest`.
pub(crate) fn without_snapshot(name: &str) -> Option<&str> {
    if let Some(base) = name.strip_suffix("-latest") {
        return Some(base);
    }
    if let Some((base, date)) = name.rsplit_once(['-', '@'])
        && let (Some(year), Some(month), Some(day), 8) =
            (date.get(..4), date.get(4..6), date.get(6..), date.len())
        && is_day(year, month, day)
    {
        return Some(base);
    }
    let (rest, day) = name.rsplit_once('-')?;
    let (rest, month) = rest.rsplit_once('-')?;
    let (base, year) = rest.rsplit_once('-')?;
    is_day(year, month, day).then_some(base)
}

/// Whether these are the year, month and day of a snapshot, each in its full width.
fn is_day(year: &str, month: &str, day: &str) -> bool {
    let number = |text: &str, width: usize| -> Option<u32> {
        let is_whole = text.len() == width && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| is_whole)
    };
    number(year, 4).is_some_and(|year| (2020..2100).contains(&year))
        && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
        && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_and_latest_are_taken_off() {
        assert_eq!(without_snapshot("gpt-4o-2024-08-06"), Some("gpt-4o"));
        assert_eq!(
            without_snapshot("claude-sonnet-4-20250514"),
            Some("claude-sonnet-4")
        );
        assert_eq!(
            without_snapshot("claude-sonnet-4@20250514"),
            Some("claude-sonnet-4")
        );
        assert_eq!(
            without_snapshot("claude-3-opus-latest"),
            Some("claude-3-opus")
        );
        for name in [
            "gpt-4o",
            "gpt-4-0613",
            "o1-mini-high",
            "a-1-2-3",
            "",
            "-",
            "a-12345678",
            "a-20251301",
            "a-2024-00-06",
            "a-1024-08-06",
            "a-2024-08-6",
            "a-+0240806",
        ] {
            assert_eq!(without_snapshot(name), None, "{name:?}");
        }
    }
}
