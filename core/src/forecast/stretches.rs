//! How the errors of single days add up to errors of stretches of days, as the series itself shows it.

/// Days of a stretch: two weeks, so that a few of them fit into what is looked at.
const STRETCH: usize = 14;

/// What speaks for the fit before any stretch is looked at, in stretches.
const BEFOREHAND: f64 = 1.0;

/// By how much the variance of sums is to be raised: the mean square error of the series' own stretches, as they would
/// have been forecast from the day before each, beside what follows from the errors of their days. It is 1 while these
/// do not follow each other; where the level wanders more than its pace says, errors of one side come in rows. It is
/// never below 1: stretches overlap and are few, so that luck would make intervals too narrow.
///
/// `errors` are those of one day ahead, and each moves the level of all later days by `pace`.
pub(super) fn widening(errors: &[f64], pace: f64) -> f64 {
    if errors.len() < 2 * STRETCH {
        return 1.0;
    }
    let weights: Vec<f64> = (0..STRETCH)
        .rev()
        .map(|later| 1.0 + pace * later as f64)
        .collect();
    let squares = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
    let expected = squares(errors) / errors.len() as f64 * squares(&weights);
    if expected <= 0.0 {
        return 1.0;
    }
    let of_stretch = |days: &[f64]| {
        let pairs = days.iter().zip(&weights);
        pairs.map(|(error, weight)| error * weight).sum::<f64>()
    };
    let sums: Vec<f64> = errors.windows(STRETCH).map(of_stretch).collect();
    let ratio = squares(&sums) / sums.len() as f64 / expected;
    let apart = errors.len() as f64 / STRETCH as f64;
    ((apart * ratio + BEFOREHAND) / (apart + BEFOREHAND)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_that_take_turns_widen_nothing() {
        let errors: Vec<f64> = (0..56).map(|day| f64::from(1 - day % 2 * 2)).collect();
        assert!((widening(&errors, 0.1) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn errors_in_rows_widen() {
        let errors: Vec<f64> = (0..56).map(|day| f64::from(1 - day / 14 % 2 * 2)).collect();
        let got = widening(&errors, 0.1);
        assert!((3.0..14.0).contains(&got), "{got}");
    }

    #[test]
    fn a_few_days_or_no_errors_say_nothing() {
        assert!((widening(&[1.0; 27], 0.1) - 1.0).abs() < 1e-9);
        assert!((widening(&[0.0; 56], 0.1) - 1.0).abs() < 1e-9);
    }
}
