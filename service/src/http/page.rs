//! Which part of a long list is asked for, and what is said of the whole.

use super::Query;
use serde::Serialize;

/// What is asked for: `limit` (1 to 1000, 100 when absent) and `offset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageAsked {
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

/// What an answer says of the list it shows a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct Page {
    /// How many entries there are.
    pub(crate) total: i64,
    /// The most entries of this answer.
    pub(crate) limit: i64,
    /// How many entries were passed over.
    pub(crate) offset: i64,
    /// Entries follow after these.
    pub(crate) has_more: bool,
}

impl PageAsked {
    /// Reads `limit` and `offset` of a route that has [`crate::route::PAGE`].
    pub(crate) fn of(query: &Query<'_>) -> Self {
        Self {
            limit: query.integer("limit", 100),
            offset: query.integer("offset", 0),
        }
    }

    /// This page of a list of `total` entries.
    pub(crate) fn page(self, total: i64) -> Page {
        Page {
            total,
            limit: self.limit,
            offset: self.offset,
            has_more: self.offset.saturating_add(self.limit) < total,
        }
    }

    /// This page's part of a list that is all in memory.
    pub(crate) fn part<T>(self, list: Vec<T>) -> (Vec<T>, Page) {
        let total = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let skip = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let part = list.into_iter().skip(skip).take(take).collect();
        (part, self.page(total))
    }
}
