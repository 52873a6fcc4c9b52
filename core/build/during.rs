//! Hours of the week at which a price holds: `mon-fri 01:00-04:00, sat-sun 00:00-24:00`, all in UTC.

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Each window as its days (Monday is the lowest bit), first and last minute of the day. A window that passes
/// midnight is two.
pub(crate) fn windows(text: &str) -> Result<Vec<(u8, u16, u16)>, String> {
    let mut all = Vec::new();
    for part in text.split(',') {
        let part = part.trim();
        let (days, hours) = part.split_once(' ').unwrap_or(("mon-sun", part));
        let wrong = || format!("during = {text:?}: expected `mon-fri 01:00-04:00`");
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let number = |day: &str| DAYS.iter().position(|d| *d == day).ok_or_else(wrong);
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return Err(wrong());
        }
        let mask = (first..=last).fold(0_u8, |mask, day| mask | 1 << day);
        let (start, end) = hours.split_once('-').ok_or_else(wrong)?;
        let (start, end) = (
            minute(start).ok_or_else(wrong)?,
            minute(end).ok_or_else(wrong)?,
        );
        if start < end {
            all.push((mask, start, end));
        } else if mask == 0x7f {
            all.push((mask, start, 24 * 60));
            all.push((mask, 0, end));
        } else {
            return Err(format!(
                "during = {text:?}: a window past midnight holds on all days or is two windows"
            ));
        }
    }
    Ok(all)
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (text.len() == 5 && minute < 60 && total <= 24 * 60).then_some(total)
}
