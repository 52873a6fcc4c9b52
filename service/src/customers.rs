//! Whom costs and revenue are for: end users, and their subscriptions to plans.

mod end_user;
mod end_user_endpoint;
mod metadata;
mod subscription;
mod subscription_endpoint;

pub(crate) use end_user::find_or_note;

use crate::auth::Scope;
use crate::route::{Access, PAGE, Route, Verb};

/// End users and subscriptions.
pub(crate) const ROUTES: [Route; 12] = [
    Route::post("/v1/end-users", Scope::EndUsersWrite, end_user_endpoint::create)
        .about(
            "Register an end user",
            "One that only events have named until now is filled in; one that is registered already is a conflict.",
        )
        .takes::<end_user_endpoint::NewEndUser>()
        .answers::<end_user_endpoint::One>(201)
        .fails(&[409]),
    Route::get("/v1/end-users", Scope::EndUsersRead, end_user_endpoint::list)
        .about("List end users", "Oldest first; those among them that only events have named.")
        .query(&[end_user_endpoint::FILTERS, PAGE])
        .answers::<end_user_endpoint::List>(200),
    Route::get("/v1/end-users/{id}", Scope::EndUsersRead, end_user_endpoint::show)
        .about("An end user", "By its id, or else by its external id.")
        .answers::<end_user_endpoint::One>(200)
        .fails(&[404]),
    Route::new(
        Verb::Patch,
        "/v1/end-users/{id}",
        Access::Scoped(Scope::EndUsersWrite),
        end_user_endpoint::change,
    )
    .about("Change an end user", "What is left out stays; null removes.")
    .takes::<end_user_endpoint::Change>()
    .answers::<end_user_endpoint::One>(200)
    .fails(&[404]),
    Route::post(
        "/v1/end-users/{id}/deactivate",
        Scope::EndUsersWrite,
        end_user_endpoint::deactivate,
    )
    .about("Deactivate an end user", "Its usage stays, and events that name it are still recorded.")
    .answers::<end_user_endpoint::One>(200)
    .fails(&[404]),
    Route::post(
        "/v1/end-users/{id}/reactivate",
        Scope::EndUsersWrite,
        end_user_endpoint::reactivate,
    )
    .about("Reactivate an end user", "")
    .answers::<end_user_endpoint::One>(200)
    .fails(&[404]),
    Route::post("/v1/subscriptions", Scope::EndUsersWrite, subscription_endpoint::create)
        .about(
            "Subscribe an end user to a plan",
            "Either userId, pricingPlanId, currentPeriodStart and currentPeriodEnd; or organizationId (the end user), \
             planId, billingCycle and startDate, from which the period follows. The end user is named by its id or its \
             external id; an external id that is not known yet becomes one.",
        )
        .takes::<subscription_endpoint::NewSubscription>()
        .answers::<subscription::Subscription>(201)
        .fails(&[404]),
    Route::get("/v1/subscriptions", Scope::EndUsersRead, subscription_endpoint::list)
        .about("List subscriptions", "Oldest first.")
        .query(&[subscription_endpoint::FILTERS, PAGE])
        .answers::<subscription_endpoint::List>(200),
    Route::get("/v1/subscriptions/{id}", Scope::EndUsersRead, subscription_endpoint::show)
        .about("A subscription", "")
        .answers::<subscription::Subscription>(200)
        .fails(&[404]),
    Route::new(
        Verb::Patch,
        "/v1/subscriptions/{id}",
        Access::Scoped(Scope::EndUsersWrite),
        subscription_endpoint::change,
    )
    .about("Change a subscription", "What is left out stays; null removes.")
    .takes::<subscription_endpoint::Change>()
    .answers::<subscription::Subscription>(200)
    .fails(&[404]),
    Route::post(
        "/v1/subscriptions/{id}/cancel",
        Scope::EndUsersWrite,
        subscription_endpoint::cancel,
    )
    .about("Cancel a subscription", "At once. Cancelling it again changes nothing.")
    .answers::<subscription::Subscription>(200)
    .fails(&[404]),
    Route::new(
        Verb::Delete,
        "/v1/subscriptions/{id}",
        Access::Scoped(Scope::EndUsersWrite),
        subscription_endpoint::cancel,
    )
    .about("Cancel a subscription", "The same as POST /v1/subscriptions/{id}/cancel.")
    .answers::<subscription::Subscription>(200)
    .fails(&[404]),
];
