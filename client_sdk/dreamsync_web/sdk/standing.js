// Who stands where, of what a viewer sees. Pure.

/** The latest poses by scene. A player sees one scene, a spectator or a desk several. */
export class Standing {
  #scenes = new Map(); // scene -> seat -> [seat, x, y, facing]
  #here = "";

  /** Take all that is seen of one scene: who is not in it stands there no more. */
  take(scene, poses) {
    for (const others of this.#scenes.values()) for (const [seat] of poses) others.delete(seat);
    this.#scenes.set(scene, new Map(poses.map((pose) => [pose[0], pose])));
  }

  /** Be in a scene, "" where in none: a player who came into another has left the others. */
  beIn(scene) {
    if (scene && scene !== this.#here) this.#scenes = new Map([[scene, this.#scenes.get(scene) ?? new Map()]]);
    this.#here = scene;
  }

  /** Return [seat, x, y, facing] of whoever is in view in a scene. */
  in(scene) { return [...(this.#scenes.get(scene)?.values() ?? [])]; }

  /** Return [seat, x, y, facing] of whoever is in view. */
  all() { return this.#here ? this.in(this.#here) : [...this.#scenes.keys()].flatMap((scene) => this.in(scene)); }
}
