Lemma lemma_abs x : Rabs x >= x /\ Rabs x >= - x /\ (Rabs x - x) * (Rabs x + x) = 0.
Proof. unfold Rabs. destruct (Rcase_abs x); repeat split; try lra; ring. Qed.
Ltac extremes := unfold Rmin, Rmax; repeat destruct (Rle_dec _ _); try lra; try ring.
Lemma lemma_sqrt x : x >= 0 -> sqrt x >= 0 /\ sqrt x ^ 2 = x.
Proof.
  intro H. apply Rge_le in H. split; [ apply Rle_ge, sqrt_pos | simpl; rewrite Rmult_1_r; exact (sqrt_sqrt x H) ].
Qed.
Lemma lemma_exp_positive x : exp x > 0. Proof. apply exp_pos. Qed.
Lemma lemma_exp_tangent x : exp x >= 1 + x.
Proof. destruct (Req_dec x 0) as [E|N]; [ rewrite E, exp_0; lra | left; apply exp_ineq1; exact N ]. Qed.
Lemma lemma_exp_sum x y : exp (x + y) = exp x * exp y. Proof. apply exp_plus. Qed.
Lemma lemma_exp_zero : exp 0 = 1. Proof. apply exp_0. Qed.
Lemma lemma_exp_log x : x > 0 -> exp (ln x) = x. Proof. apply exp_ln. Qed.
Lemma lemma_log_exp x : ln (exp x) = x. Proof. apply ln_exp. Qed.
Lemma lemma_log_product x y : x > 0 -> y > 0 -> ln (x * y) = ln x + ln y. Proof. apply ln_mult. Qed.
Lemma same_integer a b x y : IZR a = x -> IZR b = y -> x = y -> a = b.
Proof. intros E F G. apply eq_IZR. rewrite E, F. exact G. Qed.
