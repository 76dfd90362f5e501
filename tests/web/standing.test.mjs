// Where people stand: by scene, for who sees one and for who sees several.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Standing } from "../../client_sdk/dreamsync_web/sdk/standing.js";

test("a frame is whole for its scene and leaves the others as they are", () => {
  const standing = new Standing();
  standing.take("hall", [["ada", 1, 2, 0], ["ben", 3, 4, 90]]);
  standing.take("attic", [["guest", 5, 6, 180]]);
  standing.take("hall", [["ben", 3, 5, 90]]);
  assert.deepEqual(standing.all(), [["ben", 3, 5, 90], ["guest", 5, 6, 180]]);
  assert.deepEqual(standing.in("attic"), [["guest", 5, 6, 180]]);
});

test("a seat stands where it was heard of last", () => {
  const standing = new Standing();
  standing.take("hall", [["ada", 1, 2, 0]]);
  standing.take("attic", [["ada", 5, 6, 0]]);
  assert.deepEqual([standing.in("hall"), standing.all()], [[], [["ada", 5, 6, 0]]]);
});

test("a player who walks on leaves behind whom it saw", () => {
  const standing = new Standing();
  standing.beIn("hall");
  standing.take("hall", [["ada", 1, 2, 0]]);
  standing.take("attic", [["ben", 3, 4, 0]]); // the frame may come before the view
  assert.deepEqual(standing.all(), [["ada", 1, 2, 0]]);
  standing.beIn("attic");
  assert.deepEqual(standing.all(), [["ben", 3, 4, 0]]);
  standing.beIn("hall");
  assert.deepEqual(standing.all(), []);
});
