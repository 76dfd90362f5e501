"""What tests of several wings lean on: a proxy that loses things, a store to talk to."""
