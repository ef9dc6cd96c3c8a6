Fixpoint sum_up (f : Z -> R) (lo : Z) (n : nat) : R :=
  match n with O => 0 | S m => sum_up f lo m + f (lo + Z.of_nat m)%Z end.
Definition Sum (f : Z -> R) (lo hi : Z) : R := sum_up f lo (Z.to_nat (hi - lo + 1)).
Lemma lemma_sum_empty f lo hi : IZR hi < IZR lo -> Sum f lo hi = 0.
Proof.
  intro H. apply lt_IZR in H. unfold Sum. replace (Z.to_nat (hi - lo + 1)) with O by lia. reflexivity.
Qed.
Lemma sum_last f lo hi : (lo <= hi)%Z -> Sum f lo hi = Sum f lo (hi - 1) + f hi.
Proof.
  intro H. unfold Sum. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - 1 - lo + 1))) by lia.
  simpl. do 2 f_equal. lia.
Qed.
Lemma lemma_sum_last f lo hi : IZR hi >= IZR lo -> Sum f lo hi = Sum f lo (hi - 1) + f hi.
Proof. intro H. apply Rge_le, le_IZR in H. exact (sum_last f lo hi H). Qed.
Lemma sum_up_first f lo n : sum_up f lo (S n) = f lo + sum_up f (lo + 1) n.
Proof.
  induction n as [|n IH]; [ simpl; rewrite Z.add_0_r; ring |].
  change (sum_up f lo (S (S n))) with (sum_up f lo (S n) + f (lo + Z.of_nat (S n))%Z). rewrite IH.
  change (sum_up f (lo + 1) (S n)) with (sum_up f (lo + 1) n + f (lo + 1 + Z.of_nat n)%Z).
  replace (lo + Z.of_nat (S n))%Z with (lo + 1 + Z.of_nat n)%Z by lia. ring.
Qed.
Lemma sum_first f lo hi : (lo <= hi)%Z -> Sum f lo hi = f lo + Sum f (lo + 1) hi.
Proof.
  intro H. unfold Sum. replace (Z.to_nat (hi - lo + 1)) with (S (Z.to_nat (hi - (lo + 1) + 1))) by lia.
  apply sum_up_first.
Qed.
Lemma lemma_sum_first f lo hi : IZR hi >= IZR lo -> Sum f lo hi = Sum f (lo + 1) hi + f lo.
Proof. intro H. apply Rge_le, le_IZR in H. rewrite (sum_first f lo hi H). ring. Qed.
Lemma sum_up_ext f g lo n : (forall k, (lo <= k < lo + Z.of_nat n)%Z -> f k = g k) -> sum_up f lo n = sum_up g lo n.
Proof.
  induction n as [|n IH]; intro H; [ reflexivity |]. simpl. rewrite IH, H; [ reflexivity | lia |].
  intros k K. apply H. lia.
Qed.
Lemma sum_ext f g lo hi : (forall k, (lo <= k)%Z -> (k <= hi)%Z -> f k = g k) -> Sum f lo hi = Sum g lo hi.
Proof. intro H. apply sum_up_ext. intros k K. apply H; lia. Qed.
Lemma sum_same f g lo hi a b : lo = a -> hi = b -> (forall k, (lo <= k)%Z -> (k <= hi)%Z -> f k = g k) ->
  Sum f lo hi = Sum g a b.
Proof. intros E F H. rewrite <- E, <- F. exact (sum_ext f g lo hi H). Qed.
Lemma sum_linear f g h c lo hi : (forall k, (lo <= k)%Z -> (k <= hi)%Z -> f k = g k + c * h k) ->
  Sum f lo hi = Sum g lo hi + c * Sum h lo hi.
Proof.
  intro H. rewrite (sum_ext f (fun k => g k + c * h k) lo hi H). unfold Sum.
  induction (Z.to_nat (hi - lo + 1)) as [|n IH]; [ simpl; ring |]. simpl. rewrite IH. ring.
Qed.
Lemma sum_shift f s lo hi : Sum f lo hi = Sum (fun k => f (k + s)%Z) (lo - s) (hi - s).
Proof.
  unfold Sum. replace (hi - s - (lo - s) + 1)%Z with (hi - lo + 1)%Z by lia.
  induction (Z.to_nat (hi - lo + 1)) as [|n IH]; [ reflexivity |]. simpl. rewrite IH. do 2 f_equal. lia.
Qed.
Lemma sum_scale c f lo hi : Sum (fun k => c * f k) lo hi = c * Sum f lo hi.
Proof. unfold Sum. induction (Z.to_nat (hi - lo + 1)) as [|n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.
Lemma sum_plus f g lo hi : Sum (fun k => f k + g k) lo hi = Sum f lo hi + Sum g lo hi.
Proof. unfold Sum. induction (Z.to_nat (hi - lo + 1)) as [|n IH]; simpl; [ ring | rewrite IH; ring ]. Qed.
