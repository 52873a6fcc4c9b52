//! `GET /v1/attribution/by-dimension`

use super::axis::Named;
use crate::http::json;
use crate::report::asked::Asked;
use crate::report::shape::{Breakdown, Item, items};
use crate::report::sums::Scope;
use crate::router::{Answer, Call};
use http::StatusCode;
use std::collections::HashMap;

pub(super) fn by_dimension(call: &Call<'_>) -> Answer {
    let asked = Asked::of(call)?;
    let named = Named::asked(&asked.query, call.sql)?;
    by_named(&asked, &named)
}

/// Costs by the values of a dimension.
pub(crate) fn by_named(asked: &Asked<'_>, named: &Named) -> Answer {
    let groups = match named.axis {
        Some(axis) => asked.ledger().groups(Scope::Everyone, axis, asked.period)?,
        None => HashMap::new(),
    };
    let (items, total) = items(asked.call, named.naming, &groups)?;
    let items: Vec<Item> = items.into_iter().map(|(_, item)| item).collect();
    let answer = Breakdown::new(Some(&named.name), &items, &total, asked.period);
    Ok(json(StatusCode::OK, &answer))
}
