//! Costs as the rows of a plain table, for who reads them on a terminal.

use bearlumen_core::call::CallCost;
use bearlumen_core::money::Nanos;
use std::io::{Result, Write};

/// The names of the columns.
pub(super) fn head(out: &mut impl Write) -> Result<()> {
    write(
        out,
        ["PROVIDER", "MODEL", "IN", "OUT", "USD", "BASIS", "WARNINGS"],
    )
}

/// One answer.
pub(super) fn row(
    out: &mut impl Write,
    answer: &std::result::Result<CallCost, String>,
) -> Result<()> {
    let cost = match answer {
        Ok(cost) => cost,
        Err(message) => return writeln!(out, "error: {}", visible(message)),
    };
    let codes: Vec<&str> = cost.warnings.iter().map(|warning| warning.code).collect();
    write(
        out,
        [
            &cost.provider,
            cost.model.as_deref().unwrap_or("-"),
            &cost.totals.input_tokens.to_string(),
            &cost.totals.output_tokens.to_string(),
            &cost
                .cost
                .amount
                .as_ref()
                .map_or_else(|| "-".to_owned(), Nanos::to_string),
            cost.cost.basis.as_str(),
            &codes.join(" "),
        ],
    )
}

fn write(out: &mut impl Write, columns: [&str; 7]) -> Result<()> {
    let [provider, model, input, output, usd, basis, warnings] = columns;
    let row = format!(
        "{provider:14} {model:36} {input:>9} {output:>9} {usd:>14} {basis:10} {warnings}",
        model = visible(model)
    );
    writeln!(out, "{}", row.trim_end())
}

/// A text of somebody else's, without what would move the cursor.
fn visible(text: &str) -> String {
    text.replace(char::is_control, "?")
}
