//! The routes as a browser meets them: requests in, pages and a changed store out, without a socket.

mod access;
mod api;
mod corpus;
mod defence;
mod door;
mod markup;
mod saving;
mod serving;
mod site;
mod tools;
mod unit;
mod walk;
