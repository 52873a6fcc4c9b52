//! How vendors decorate model names.

/// `name` without the date or `latest` that marks a snapshot, if it carries one:
/// `-2024-08-06`, `-20250514`, `@20250514`, `-latest`.
pub(crate) fn without_snapshot(name: &str) -> Option<&str> {
    if let Some(base) = name.strip_suffix("-latest") {
        return Some(base);
    }
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if let Some((base, date)) = name.rsplit_once(['-', '@'])
        && date.len() == 8
        && digits(date)
    {
        return Some(base);
    }
    let (rest, day) = name.rsplit_once('-')?;
    let (rest, month) = rest.rsplit_once('-')?;
    let (base, year) = rest.rsplit_once('-')?;
    let is_date = year.len() == 4 && month.len() == 2 && day.len() == 2;
    (is_date && digits(year) && digits(month) && digits(day)).then_some(base)
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
        for name in ["gpt-4o", "gpt-4-0613", "o1-mini-high", "a-1-2-3", "", "-"] {
            assert_eq!(without_snapshot(name), None, "{name:?}");
        }
    }
}
