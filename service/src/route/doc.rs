//! What a route says of its body and its answers. Compiled in only where the `OpenAPI` document is made, so that the
//! service carries no schemas.

#[cfg(feature = "openapi")]
pub(crate) use described::{Doc, Documented};

/// A type that stands in a body or an answer. With the feature `openapi` it must derive `schemars::JsonSchema`:
/// `#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]`.
#[cfg(not(feature = "openapi"))]
pub(crate) trait Documented {}

#[cfg(not(feature = "openapi"))]
impl<T: ?Sized> Documented for T {}

#[cfg(feature = "openapi")]
mod described {
    use schemars::{JsonSchema, Schema, SchemaGenerator};

    /// Makes a type's schema, or a reference to it.
    pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

    /// A type that stands in a body or an answer.
    pub(crate) trait Documented {
        const SCHEMA: SchemaOf;
    }

    impl<T: JsonSchema + ?Sized> Documented for T {
        const SCHEMA: SchemaOf = SchemaGenerator::subschema_for::<T>;
    }

    /// What a route says of itself.
    #[derive(Clone, Copy)]
    pub(crate) struct Doc {
        pub(crate) summary: &'static str,
        pub(crate) description: &'static str,
        pub(crate) body: Option<SchemaOf>,
        pub(crate) body_required: bool,
        /// Status and body of the successful answers.
        pub(crate) replies: [Option<(u16, SchemaOf)>; 2],
        /// Statuses of errors that not every route has.
        pub(crate) errors: &'static [u16],
    }

    impl Doc {
        pub(crate) const EMPTY: Self = Self {
            summary: "",
            description: "",
            body: None,
            body_required: true,
            replies: [None, None],
            errors: &[],
        };
    }
}
