//! How vendors decorate model names.

/// `name` without the date or `latest` that marks a snapshot, if it carries one:
/// `-2024-08-06`, `-20250514`, `@20250514`, `-latest`.
pub(crate) fn without_snapshot(name: &str) -> Option<&str> {
    if let Some(base) = name.strip_suffix("-latest") {
        return Some(base);
    }
    // Where a date would begin is known from its width.
    let end = |width: usize| name.split_at_checked(name.len().checked_sub(width)?);
    if let Some((base, date)) = end("-20250514".len())
        && date.starts_with(['-', '@'])
        && is_day([date.get(1..5), date.get(5..7), date.get(7..)])
    {
        return Some(base);
    }
    let (base, date) = end("-2025-05-14".len())?;
    let has_dashes = [0, 5, 8]
        .iter()
        .all(|at| date.as_bytes().get(*at) == Some(&b'-'));
    let is_date = has_dashes && is_day([date.get(1..5), date.get(6..8), date.get(9..)]);
    is_date.then_some(base)
}

/// Whether these are the year, month and day of a snapshot, of digits alone.
fn is_day(parts: [Option<&str>; 3]) -> bool {
    let number = |text: Option<&str>| {
        text?.bytes().try_fold(0, |number: u32, byte| {
            let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
            Some(number * 10 + digit)
        })
    };
    let [year, month, day] = parts.map(number);
    year.is_some_and(|year| (2020..2100).contains(&year))
        && month.is_some_and(|month| (1..=12).contains(&month))
        && day.is_some_and(|day| (1..=31).contains(&day))
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
