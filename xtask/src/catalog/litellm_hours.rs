//! litellm's hours: it holds the price of busy hours and lists when another one holds. Ours is the other way round.

use serde_json::{Map, Value};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MINUTES: usize = 24 * 60;

/// The busy hours, being all that no window names: `mon-fri 01:00-04:00, mon-fri 06:00-10:00`.
pub(super) fn busy_hours(off_peak: &Map<String, Value>) -> Option<String> {
    let mut is_quiet = vec![[false; MINUTES]; 7];
    for window in off_peak.get("windows")?.as_array()? {
        let days: Vec<usize> = match window.get("weekdays") {
            Some(days) => days
                .as_array()?
                .iter()
                .filter_map(|day| day.as_str()?.parse::<usize>().ok()?.checked_sub(1))
                .collect(),
            None => (0..7).collect(),
        };
        let hours: Vec<&str> = match window.get("hours_utc")? {
            Value::String(hours) => vec![hours],
            Value::Array(hours) => hours.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        for hours in hours {
            let (start, end) = hours.split_once('-')?;
            let (start, end) = (minute(start)?, minute(end)?);
            let end = if end <= start { MINUTES } else { end };
            for day in &days {
                is_quiet.get_mut(*day)?.get_mut(start..end)?.fill(true);
            }
        }
    }
    text(&is_quiet)
}

fn minute(text: &str) -> Option<usize> {
    let (hour, minute) = text.split_once(':')?;
    Some(hour.parse::<usize>().ok()? * 60 + minute.parse::<usize>().ok()?)
}

/// Runs of days that are alike, each with its busy windows.
fn text(is_quiet: &[[bool; MINUTES]]) -> Option<String> {
    let mut parts = Vec::new();
    let mut first = 0;
    while first < is_quiet.len() {
        let day = is_quiet.get(first)?;
        let last = first
            + is_quiet
                .iter()
                .skip(first)
                .take_while(|other| *other == day)
                .count()
            - 1;
        let days = if first == last {
            (*DAYS.get(first)?).to_owned()
        } else {
            format!("{}-{}", DAYS.get(first)?, DAYS.get(last)?)
        };
        let mut start = None;
        for at in 0..=MINUTES {
            let is_busy = day.get(at).is_some_and(|quiet| !quiet);
            match (start, is_busy) {
                (None, true) => start = Some(at),
                (Some(from), false) => {
                    parts.push(format!("{days} {}-{}", clock(from), clock(at)));
                    start = None;
                }
                _ => {}
            }
        }
        first = last + 1;
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn clock(minute: usize) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_hours_are_what_no_window_names() {
        let off_peak = serde_json::json!({"windows": [
            {"hours_utc": ["00:00-01:00", "04:00-06:00", "10:00-00:00"], "weekdays": ["1", "2", "3", "4", "5"]},
            {"hours_utc": "00:00-00:00", "weekdays": ["6", "7"]},
        ]});
        let hours = busy_hours(off_peak.as_object().unwrap());
        assert_eq!(
            hours.as_deref(),
            Some("mon-fri 01:00-04:00, mon-fri 06:00-10:00")
        );
    }
}
