//! Query parameters, in every spelling the documents use.

use http::Uri;
use std::borrow::Cow;

/// The parameters of a request, their names in `snake_case`, however they were sent.
pub(crate) struct Query<'a>(Vec<(String, Cow<'a, str>)>);

impl<'a> Query<'a> {
    pub(crate) fn of(uri: &'a Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(
            pairs
                .map(|(name, value)| (snake_case(&name), value))
                .collect(),
        )
    }

    /// The first non-empty value under any of `names`, which are in `snake_case`.
    pub(crate) fn get(&self, names: &[&str]) -> Option<&str> {
        self.0
            .iter()
            .find(|(name, value)| names.contains(&name.as_str()) && !value.is_empty())
            .map(|(_, value)| value.as_ref())
    }

    /// All words of a parameter that may be given several times or hold several, separated by commas.
    pub(crate) fn words(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(given, _)| given == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .collect()
    }

    /// Names and values as given.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_ref()))
    }

    /// A whole number, which the route's table has checked; `default` when it is not given.
    pub(crate) fn integer(&self, name: &str, default: i64) -> i64 {
        self.get(&[name])
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    }
}

/// `startDate` as `start_date`; what is already that stays.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for (position, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() {
            if position > 0 {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        } else {
            snake.push(letter);
        }
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_one_name() {
        let uri: Uri = "/?startDate=a&end_date=b&timeWindow=&include=x,%20y&include=z"
            .parse()
            .unwrap();
        let query = Query::of(&uri);
        assert_eq!(query.get(&["start_date", "start"]), Some("a"));
        assert_eq!(query.get(&["end_date"]), Some("b"));
        assert_eq!(query.get(&["time_window"]), None);
        assert_eq!(query.words("include"), ["x", "y", "z"]);
    }
}
