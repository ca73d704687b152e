// SPDX-License-Identifier: GPL-3.0-or-later
// A library without any function, in place of the one of MTS-ESP.
