//! What a key may do.

/// A permission. Keys carry a set of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Record usage events.
    UsageWrite,
    /// Read usage events and their totals.
    UsageRead,
    /// Read cost reports.
    CostsRead,
    /// Read end users and subscriptions.
    EndUsersRead,
    /// Change end users and subscriptions.
    EndUsersWrite,
    /// Report revenue.
    RevenueWrite,
    /// Keys, settings, prices.
    Admin,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 7] = [
        Self::UsageWrite,
        Self::UsageRead,
        Self::CostsRead,
        Self::EndUsersRead,
        Self::EndUsersWrite,
        Self::RevenueWrite,
        Self::Admin,
    ];

    /// The names of all scopes, in the same order.
    pub(crate) const NAMES: [&'static str; 7] = {
        let mut names = [""; 7];
        let mut place = 0;
        while place < names.len() {
            names[place] = Self::ALL[place].as_str();
            place += 1;
        }
        names
    };

    /// The name in requests and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UsageWrite => "usage:write",
            Self::UsageRead => "usage:read",
            Self::CostsRead => "costs:read",
            Self::EndUsersRead => "end_users:read",
            Self::EndUsersWrite => "end_users:write",
            Self::RevenueWrite => "revenue:write",
            Self::Admin => "admin",
        }
    }

    /// What a key with it may do.
    #[cfg(feature = "openapi")]
    pub(crate) const fn about(self) -> &'static str {
        match self {
            Self::UsageWrite => "record usage events",
            Self::UsageRead => "read usage events and their totals",
            Self::CostsRead => "read cost reports, margins and insights",
            Self::EndUsersRead => "read end users and subscriptions",
            Self::EndUsersWrite => "change end users and subscriptions",
            Self::RevenueWrite => "report revenue",
            Self::Admin => "keys, settings, prices, repricing",
        }
    }

    /// The scope called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}
