//! How wide an interval is: Student's t by its level, and how errors add up over days.

/// The probability that an interval is meant to cover, in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One in two.
    P50,
    /// Four in five: the level of everything that does not say otherwise.
    P80,
    /// Nine in ten.
    P90,
    /// Nineteen in twenty.
    P95,
    /// All but one in a hundred.
    P99,
}

impl Level {
    /// The level of so many per cent.
    pub const fn of_percent(percent: u64) -> Option<Self> {
        match percent {
            50 => Some(Self::P50),
            80 => Some(Self::P80),
            90 => Some(Self::P90),
            95 => Some(Self::P95),
            99 => Some(Self::P99),
            _ => None,
        }
    }

    /// In per cent.
    pub const fn percent(self) -> u8 {
        match self {
            Self::P50 => 50,
            Self::P80 => 80,
            Self::P90 => 90,
            Self::P95 => 95,
            Self::P99 => 99,
        }
    }

    /// How many normal deviations to either side.
    const fn normal(self) -> f64 {
        match self {
            Self::P50 => 0.674_489_750_196_081_7,
            Self::P80 => 1.281_551_565_544_600_5,
            Self::P90 => 1.644_853_626_951_472_7,
            Self::P95 => 1.959_963_984_540_054,
            Self::P99 => 2.575_829_303_548_900_4,
        }
    }

    /// The same for Student's t with `freedom` degrees, by the expansion of Cornish and Fisher: polynomials only.
    pub(super) fn deviations(self, freedom: f64) -> f64 {
        let z = self.normal();
        let (z2, v) = (z * z, freedom.max(3.0));
        let first = z * (z2 + 1.0) / 4.0;
        let second = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
        let third = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
        z + first / v + second / (v * v) + third / (v * v * v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_agree_with_the_tables_of_students_t() {
        for (level, freedom, table) in [
            (Level::P80, 5.0, 1.476),
            (Level::P80, 30.0, 1.310),
            (Level::P90, 10.0, 1.812),
            (Level::P95, 10.0, 2.228),
            (Level::P95, 60.0, 2.000),
            (Level::P99, 20.0, 2.845),
            (Level::P50, 8.0, 0.706),
        ] {
            let got = level.deviations(freedom);
            assert!((got - table).abs() < 0.01, "{level:?} {freedom}: {got}");
        }
    }
}
