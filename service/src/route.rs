//! What a route is: where it answers, to whom, with which parameters, and what it says of itself.
//!
//! Each area of the API exports a `ROUTES` table and `router.rs` joins them. What a route says here is all that the
//! `OpenAPI` document knows, and the router refuses query parameters that are not named here, so the two agree.

mod doc;
mod parameter;

pub(crate) use doc::Documented;
pub(crate) use parameter::{Kind, PAGE, PERIOD, Parameter, accepted};

use crate::auth::Scope;
use crate::http::answered_as;
use crate::router::{Answer, Call};
use http::Method;

/// The methods that routes answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The verb of a request, if any route could have it.
    pub(crate) fn of(method: &Method) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|verb| verb.as_str() == answered_as(method))
    }

    /// The methods that a route of this verb answers.
    pub(crate) const fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Get => &["GET", "HEAD"],
            Self::Post => &["POST"],
            Self::Put => &["PUT"],
            Self::Patch => &["PATCH"],
            Self::Delete => &["DELETE"],
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Any valid key.
    Key,
    /// A key with this scope.
    Scoped(Scope),
    /// The operator; the front door checked the admin secret.
    Operator,
}

/// One route and its documentation.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) verb: Verb,
    /// `{name}` stands for one part of any text.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) call: fn(&Call<'_>) -> Answer,
    /// Reads sums, so what is not in the tables yet must be written to them first. Every `GET` does unless it says
    /// otherwise: to forget a mark may cost a moment, never a wrong report.
    pub(crate) reads_sums: bool,
    /// Groups of query parameters, such as [`PERIOD`].
    pub(crate) query: &'static [&'static [Parameter]],
    #[cfg(feature = "openapi")]
    pub(crate) doc: doc::Doc,
}

impl Route {
    /// A route that is described by the methods below. `call` answers it.
    pub(crate) const fn new(
        verb: Verb,
        path: &'static str,
        access: Access,
        call: fn(&Call<'_>) -> Answer,
    ) -> Self {
        Self {
            verb,
            path,
            access,
            call,
            reads_sums: matches!(verb, Verb::Get),
            query: &[],
            #[cfg(feature = "openapi")]
            doc: doc::Doc::EMPTY,
        }
    }

    /// `GET` for keys with this scope.
    pub(crate) const fn get(
        path: &'static str,
        scope: Scope,
        call: fn(&Call<'_>) -> Answer,
    ) -> Self {
        Self::new(Verb::Get, path, Access::Scoped(scope), call)
    }

    /// `POST` for keys with this scope.
    pub(crate) const fn post(
        path: &'static str,
        scope: Scope,
        call: fn(&Call<'_>) -> Answer,
    ) -> Self {
        Self::new(Verb::Post, path, Access::Scoped(scope), call)
    }

    /// Whether `path` is what the route's describes.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        let agrees = |expected: &str, part: &str| {
            expected == part || expected.starts_with('{') && !part.is_empty()
        };
        self.path
            .split('/')
            .all(|expected| parts.next().is_some_and(|part| agrees(expected, part)))
            && parts.next().is_none()
    }

    /// What it does, in one line without a full stop, and all there is to know beyond that.
    pub(crate) const fn about(self, summary: &'static str, description: &'static str) -> Self {
        #[cfg(feature = "openapi")]
        {
            let mut documented = self;
            documented.doc.summary = summary;
            documented.doc.description = description;
            documented
        }
        #[cfg(not(feature = "openapi"))]
        {
            let _ = (summary, description);
            self
        }
    }

    /// The query parameters, in groups. Any other is refused.
    pub(crate) const fn query(mut self, groups: &'static [&'static [Parameter]]) -> Self {
        self.query = groups;
        self
    }

    /// Marks a `GET` whose answer does not depend on sums.
    pub(crate) const fn without_sums(mut self) -> Self {
        self.reads_sums = false;
        self
    }

    /// The JSON body it takes.
    pub(crate) const fn takes<T: Documented>(self) -> Self {
        #[cfg(feature = "openapi")]
        {
            let mut documented = self;
            documented.doc.body = Some(T::SCHEMA);
            documented
        }
        #[cfg(not(feature = "openapi"))]
        self
    }

    /// The JSON body it takes or does without.
    pub(crate) const fn takes_optionally<T: Documented>(self) -> Self {
        #[cfg(feature = "openapi")]
        {
            let mut documented = self.takes::<T>();
            documented.doc.body_required = false;
            documented
        }
        #[cfg(not(feature = "openapi"))]
        self
    }

    /// The JSON it answers when all is well. A route with two such answers says so twice.
    pub(crate) const fn answers<T: Documented>(self, status: u16) -> Self {
        #[cfg(feature = "openapi")]
        {
            let mut documented = self;
            let reply = Some((status, T::SCHEMA));
            match documented.doc.replies[0] {
                None => documented.doc.replies[0] = reply,
                Some(_) => documented.doc.replies[1] = reply,
            }
            documented
        }
        #[cfg(not(feature = "openapi"))]
        {
            let _ = status;
            self
        }
    }

    /// Statuses of errors that only this route has, such as 404 and 409; those that all have are understood.
    pub(crate) const fn fails(self, statuses: &'static [u16]) -> Self {
        #[cfg(feature = "openapi")]
        {
            let mut documented = self;
            documented.doc.errors = statuses;
            documented
        }
        #[cfg(not(feature = "openapi"))]
        {
            let _ = statuses;
            self
        }
    }
}
