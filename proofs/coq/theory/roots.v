Lemma cont_const (c : R) : continuity (fun _ => c). Proof. apply continuity_const. intros x y. reflexivity. Qed.
Lemma cont_id : continuity (fun x => x). Proof. apply derivable_continuous. apply derivable_id. Qed.
Lemma cont_plus f g : continuity f -> continuity g -> continuity (fun x => f x + g x).
Proof. apply continuity_plus. Qed.
Lemma cont_minus f g : continuity f -> continuity g -> continuity (fun x => f x - g x).
Proof. apply continuity_minus. Qed.
Lemma cont_mult f g : continuity f -> continuity g -> continuity (fun x => f x * g x).
Proof. apply continuity_mult. Qed.
Lemma cont_opp f : continuity f -> continuity (fun x => - f x). Proof. apply continuity_opp. Qed.
Lemma cont_div f c : continuity f -> continuity (fun x => f x / c).
Proof. intro H. apply cont_mult; [ exact H | apply cont_const ]. Qed.
Lemma cont_pow f n : continuity f -> continuity (fun x => f x ^ n).
Proof. intro H. induction n as [|n IH]; [ exact (cont_const 1) | exact (cont_mult f (fun x => f x ^ n) H IH) ]. Qed.
Ltac cont := repeat first [ apply cont_const | apply cont_id | apply cont_plus | apply cont_minus | apply cont_mult
  | apply cont_opp | apply cont_div | apply cont_pow ].
Lemma root f lo hi : continuity f -> lo <= hi -> f lo * f hi <= 0 -> exists x, lo <= x /\ x <= hi /\ f x = 0.
Proof. intros C L S. destruct (IVT_cor f lo hi C L S) as [x [[A B] E]]. exists x. auto. Qed.
